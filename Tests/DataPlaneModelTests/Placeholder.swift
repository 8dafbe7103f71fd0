// The target is filled by its tests.
