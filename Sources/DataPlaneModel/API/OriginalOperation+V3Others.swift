extension OriginalOperation {
    /// The operations of the Data Plane API 3.4.2 beside those on the configuration.
    static let v3Others = """
        Discovery
        GET / getAPIEndpoints
        GET /services getServicesEndpoints
        GET /services/haproxy getHaproxyEndpoints
        GET /services/haproxy/configuration getConfigurationEndpoints
        GET /services/haproxy/runtime getRuntimeEndpoints
        GET /services/haproxy/spoe getSpoeEndpoints
        GET /services/haproxy/stats getStatsEndpoints
        GET /services/haproxy/storage getStorageEndpoints
        Health
        GET /health getHealth
        Information
        GET /info getInfo
        GET /services/haproxy/runtime/info getHaproxyProcessInfo
        ServiceDiscovery
        GET /service_discovery/aws getAWSRegions
        POST /service_discovery/aws createAWSRegion
        GET /service_discovery/aws/{id} getAWSRegion
        PUT /service_discovery/aws/{id} replaceAWSRegion
        DELETE /service_discovery/aws/{id} deleteAWSRegion
        GET /service_discovery/consul getConsuls
        POST /service_discovery/consul createConsul
        GET /service_discovery/consul/{id} getConsul
        PUT /service_discovery/consul/{id} replaceConsul
        DELETE /service_discovery/consul/{id} deleteConsul
        Reloads
        GET /services/haproxy/reloads getReloads
        GET /services/haproxy/reloads/{id} getReload
        ACLRuntime
        GET /services/haproxy/runtime/acls -
        GET /services/haproxy/runtime/acls/{id} -
        GET /services/haproxy/runtime/acls/{parent_name}/entries -
        PUT /services/haproxy/runtime/acls/{parent_name}/entries addPayloadRuntimeACL
        POST /services/haproxy/runtime/acls/{parent_name}/entries -
        GET /services/haproxy/runtime/acls/{parent_name}/entries/{id} -
        DELETE /services/haproxy/runtime/acls/{parent_name}/entries/{id} -
        AcmeRuntime
        GET /services/haproxy/runtime/acme getAcmeStatus
        PUT /services/haproxy/runtime/acme renewAcmeCertificate
        Server
        GET /services/haproxy/runtime/backends/{parent_name}/servers getAllRuntimeServer
        POST /services/haproxy/runtime/backends/{parent_name}/servers addRuntimeServer
        GET /services/haproxy/runtime/backends/{parent_name}/servers/{name} getRuntimeServer
        PUT /services/haproxy/runtime/backends/{parent_name}/servers/{name} replaceRuntimeServer
        DELETE /services/haproxy/runtime/backends/{parent_name}/servers/{name} deleteRuntimeServer
        Maps
        GET /services/haproxy/runtime/maps getAllRuntimeMapFiles
        GET /services/haproxy/runtime/maps/{name} getOneRuntimeMap
        PUT /services/haproxy/runtime/maps/{name} addPayloadRuntimeMap
        DELETE /services/haproxy/runtime/maps/{name} clearRuntimeMap
        GET /services/haproxy/runtime/maps/{parent_name}/entries showRuntimeMap
        POST /services/haproxy/runtime/maps/{parent_name}/entries addMapEntry
        GET /services/haproxy/runtime/maps/{parent_name}/entries/{id} getRuntimeMapEntry
        PUT /services/haproxy/runtime/maps/{parent_name}/entries/{id} replaceRuntimeMapEntry
        DELETE /services/haproxy/runtime/maps/{parent_name}/entries/{id} deleteRuntimeMapEntry
        SSLRuntime
        GET /services/haproxy/runtime/ssl_ca_files getAllCaFiles
        POST /services/haproxy/runtime/ssl_ca_files createCaFile
        GET /services/haproxy/runtime/ssl_ca_files/{name} getCaFile
        PUT /services/haproxy/runtime/ssl_ca_files/{name} setCaFile
        DELETE /services/haproxy/runtime/ssl_ca_files/{name} deleteCaFile
        POST /services/haproxy/runtime/ssl_ca_files/{name}/entries addCaEntry
        GET /services/haproxy/runtime/ssl_ca_files/{name}/entries/{index} getCaEntry
        GET /services/haproxy/runtime/ssl_certs getAllCerts
        POST /services/haproxy/runtime/ssl_certs createCert
        GET /services/haproxy/runtime/ssl_certs/{name} getCert
        PUT /services/haproxy/runtime/ssl_certs/{name} replaceCert
        DELETE /services/haproxy/runtime/ssl_certs/{name} deleteCert
        GET /services/haproxy/runtime/ssl_crl_files getAllCrl
        POST /services/haproxy/runtime/ssl_crl_files createCrl
        GET /services/haproxy/runtime/ssl_crl_files/{name} getCrl
        PUT /services/haproxy/runtime/ssl_crl_files/{name} replaceCrl
        DELETE /services/haproxy/runtime/ssl_crl_files/{name} deleteCrl
        GET /services/haproxy/runtime/ssl_crt_lists getAllCrtLists
        GET /services/haproxy/runtime/ssl_crt_lists/entries getAllCrtListEntries
        POST /services/haproxy/runtime/ssl_crt_lists/entries addCrtListEntry
        DELETE /services/haproxy/runtime/ssl_crt_lists/entries deleteCrtListEntry
        StickTable
        GET /services/haproxy/runtime/stick_tables getStickTables
        GET /services/haproxy/runtime/stick_tables/{name} getStickTable
        GET /services/haproxy/runtime/stick_tables/{parent_name}/entries getStickTableEntries
        POST /services/haproxy/runtime/stick_tables/{parent_name}/entries setStickTableEntries
        Sites
        GET /services/haproxy/sites getSites
        POST /services/haproxy/sites createSite
        GET /services/haproxy/sites/{name} getSite
        PUT /services/haproxy/sites/{name} replaceSite
        DELETE /services/haproxy/sites/{name} deleteSite
        Spoe
        GET /services/haproxy/spoe/spoe_files getAllSpoeFiles
        POST /services/haproxy/spoe/spoe_files createSpoe
        GET /services/haproxy/spoe/spoe_files/{name} getOneSpoeFile
        DELETE /services/haproxy/spoe/spoe_files/{name} deleteSpoeFile
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes getAllSpoeScope
        POST /services/haproxy/spoe/spoe_files/{parent_name}/scopes createSpoeScope
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{name} getSpoeScope
        DELETE /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{name} deleteSpoeScope
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/agents getAllSpoeAgent
        POST /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/agents createSpoeAgent
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/agents/{name} getSpoeAgent
        PUT /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/agents/{name} replaceSpoeAgent
        DELETE /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/agents/{name} deleteSpoeAgent
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/groups getAllSpoeGroup
        POST /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/groups createSpoeGroup
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/groups/{name} getSpoeGroup
        PUT /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/groups/{name} replaceSpoeGroup
        DELETE /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/groups/{name} deleteSpoeGroup
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/messages getAllSpoeMessage
        POST /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/messages createSpoeMessage
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/messages/{name} getSpoeMessage
        PUT /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/messages/{name} replaceSpoeMessage
        DELETE /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/messages/{name} deleteSpoeMessage
        GET /services/haproxy/spoe/{parent_name}/version getSpoeConfigurationVersion
        SpoeTransactions
        GET /services/haproxy/spoe/spoe_files/{parent_name}/transactions getAllSpoeTransaction
        POST /services/haproxy/spoe/spoe_files/{parent_name}/transactions startSpoeTransaction
        GET /services/haproxy/spoe/spoe_files/{parent_name}/transactions/{id} getSpoeTransaction
        PUT /services/haproxy/spoe/spoe_files/{parent_name}/transactions/{id} commitSpoeTransaction
        DELETE /services/haproxy/spoe/spoe_files/{parent_name}/transactions/{id} deleteSpoeTransaction
        Stats
        GET /services/haproxy/stats/native getStats
        Storage
        GET /services/haproxy/storage/general getAllStorageGeneralFiles
        POST /services/haproxy/storage/general createStorageGeneralFile
        GET /services/haproxy/storage/general/{name} getOneStorageGeneralFile
        PUT /services/haproxy/storage/general/{name} replaceStorageGeneralFile
        DELETE /services/haproxy/storage/general/{name} deleteStorageGeneralFile
        GET /services/haproxy/storage/maps getAllStorageMapFiles
        POST /services/haproxy/storage/maps createStorageMapFile
        GET /services/haproxy/storage/maps/{name} getOneStorageMap
        PUT /services/haproxy/storage/maps/{name} replaceStorageMapFile
        DELETE /services/haproxy/storage/maps/{name} deleteStorageMap
        GET /services/haproxy/storage/ssl_certificates getAllStorageSSLCertificates
        POST /services/haproxy/storage/ssl_certificates createStorageSSLCertificate
        GET /services/haproxy/storage/ssl_certificates/{name} getOneStorageSSLCertificate
        PUT /services/haproxy/storage/ssl_certificates/{name} replaceStorageSSLCertificate
        DELETE /services/haproxy/storage/ssl_certificates/{name} deleteStorageSSLCertificate
        GET /services/haproxy/storage/ssl_crt_lists getAllStorageSSLCrtListFiles
        POST /services/haproxy/storage/ssl_crt_lists createStorageSSLCrtListFile
        GET /services/haproxy/storage/ssl_crt_lists/{name} getOneStorageSSLCrtListFile
        PUT /services/haproxy/storage/ssl_crt_lists/{name} replaceStorageSSLCrtListFile
        DELETE /services/haproxy/storage/ssl_crt_lists/{name} deleteStorageSSLCrtListFile
        GET /services/haproxy/storage/ssl_crt_lists/{name}/entries GetStorageSSLCrtListEntries
        POST /services/haproxy/storage/ssl_crt_lists/{name}/entries CreateStorageSSLCrtListEntry
        DELETE /services/haproxy/storage/ssl_crt_lists/{name}/entries DeleteStorageSSLCrtListEntry
        Transactions
        GET /services/haproxy/transactions getTransactions
        POST /services/haproxy/transactions startTransaction
        GET /services/haproxy/transactions/{id} getTransaction
        PUT /services/haproxy/transactions/{id} commitTransaction
        DELETE /services/haproxy/transactions/{id} deleteTransaction
        Specification
        GET /specification getSpecification
        SpecificationOpenapiv3
        GET /specification_openapiv3 getOpenapiv3Specification
        """
}
