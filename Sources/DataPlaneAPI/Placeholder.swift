// DataPlaneAPI
