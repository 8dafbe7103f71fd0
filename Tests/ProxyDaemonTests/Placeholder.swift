// ProxyDaemon
