// OVF
