// ProxyConfig
