// NetworkState
