extension OriginalOperation {
    /// Every operation of the Data Plane API 2.9.27, below its tag.
    static let v2 = """
        Discovery
        GET / getAPIEndpoints
        GET /services getServicesEndpoints
        GET /services/haproxy getHaproxyEndpoints
        GET /services/haproxy/configuration getConfigurationEndpoints
        GET /services/haproxy/runtime getRuntimeEndpoints
        GET /services/haproxy/spoe getSpoeEndpoints
        GET /services/haproxy/stats getStatsEndpoints
        GET /services/haproxy/storage getStorageEndpoints
        Cluster
        GET /cluster getCluster
        PUT /cluster editCluster
        POST /cluster postCluster
        DELETE /cluster deleteCluster
        POST /cluster/certificate initiateCertificateRefresh
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
        ACL
        GET ~/acls getAcls
        POST ~/acls createAcl
        GET ~/acls/{index} getAcl
        PUT ~/acls/{index} replaceAcl
        DELETE ~/acls/{index} deleteAcl
        BackendSwitchingRule
        GET ~/backend_switching_rules getBackendSwitchingRules
        POST ~/backend_switching_rules createBackendSwitchingRule
        GET ~/backend_switching_rules/{index} getBackendSwitchingRule
        PUT ~/backend_switching_rules/{index} replaceBackendSwitchingRule
        DELETE ~/backend_switching_rules/{index} deleteBackendSwitchingRule
        Backend
        GET ~/backends getBackends
        POST ~/backends createBackend
        GET ~/backends/{name} getBackend
        PUT ~/backends/{name} replaceBackend
        DELETE ~/backends/{name} deleteBackend
        Bind
        GET ~/binds getBinds
        POST ~/binds createBind
        GET ~/binds/{name} getBind
        PUT ~/binds/{name} replaceBind
        DELETE ~/binds/{name} deleteBind
        Cache
        GET ~/caches getCaches
        POST ~/caches createCache
        GET ~/caches/{name} getCache
        PUT ~/caches/{name} replaceCache
        DELETE ~/caches/{name} deleteCache
        DeclareCapture
        GET ~/captures getDeclareCaptures
        POST ~/captures createDeclareCapture
        GET ~/captures/{index} getDeclareCapture
        PUT ~/captures/{index} replaceDeclareCapture
        DELETE ~/captures/{index} deleteDeclareCapture
        Defaults
        GET ~/defaults getDefaults
        PUT ~/defaults replaceDefaults
        GET ~/named_defaults getDefaultsSections
        POST ~/named_defaults createDefaultsSection
        GET ~/named_defaults/{name} getDefaultsSection
        PUT ~/named_defaults/{name} replaceDefaultsSection
        DELETE ~/named_defaults/{name} deleteDefaultsSection
        DgramBind
        GET ~/dgram_binds getDgramBinds
        POST ~/dgram_binds createDgramBind
        GET ~/dgram_binds/{name} getDgramBind
        PUT ~/dgram_binds/{name} replaceDgramBind
        DELETE ~/dgram_binds/{name} deleteDgramBind
        FCGIApp
        GET ~/fcgi_apps getFCGIApps
        POST ~/fcgi_apps createFCGIApp
        GET ~/fcgi_apps/{name} getFCGIApp
        PUT ~/fcgi_apps/{name} replaceFCGIApp
        DELETE ~/fcgi_apps/{name} deleteFCGIApp
        Filter
        GET ~/filters getFilters
        POST ~/filters createFilter
        GET ~/filters/{index} getFilter
        PUT ~/filters/{index} replaceFilter
        DELETE ~/filters/{index} deleteFilter
        Frontend
        GET ~/frontends getFrontends
        POST ~/frontends createFrontend
        GET ~/frontends/{name} getFrontend
        PUT ~/frontends/{name} replaceFrontend
        DELETE ~/frontends/{name} deleteFrontend
        Global
        GET ~/global getGlobal
        PUT ~/global replaceGlobal
        Group
        GET ~/groups getGroups
        POST ~/groups createGroup
        GET ~/groups/{name} getGroup
        PUT ~/groups/{name} replaceGroup
        DELETE ~/groups/{name} deleteGroup
        HTTPAfterResponseRule
        GET ~/http_after_response_rules getHTTPAfterResponseRules
        POST ~/http_after_response_rules createHTTPAfterResponseRule
        GET ~/http_after_response_rules/{index} getHTTPAfterResponseRule
        PUT ~/http_after_response_rules/{index} replaceHTTPAfterResponseRule
        DELETE ~/http_after_response_rules/{index} deleteHTTPAfterResponseRule
        HTTPCheck
        GET ~/http_checks getHTTPChecks
        POST ~/http_checks createHTTPCheck
        GET ~/http_checks/{index} getHTTPCheck
        PUT ~/http_checks/{index} replaceHTTPCheck
        DELETE ~/http_checks/{index} deleteHTTPCheck
        HTTPErrorRule
        GET ~/http_error_rules getHTTPErrorRules
        POST ~/http_error_rules createHTTPErrorRule
        GET ~/http_error_rules/{index} getHTTPErrorRule
        PUT ~/http_error_rules/{index} replaceHTTPErrorRule
        DELETE ~/http_error_rules/{index} deleteHTTPErrorRule
        HTTPErrors
        GET ~/http_errors_sections getHTTPErrorsSections
        POST ~/http_errors_sections createHTTPErrorsSection
        GET ~/http_errors_sections/{name} getHTTPErrorsSection
        PUT ~/http_errors_sections/{name} replaceHTTPErrorsSection
        DELETE ~/http_errors_sections/{name} deleteHTTPErrorsSection
        HTTPRequestRule
        GET ~/http_request_rules getHTTPRequestRules
        POST ~/http_request_rules createHTTPRequestRule
        GET ~/http_request_rules/{index} getHTTPRequestRule
        PUT ~/http_request_rules/{index} replaceHTTPRequestRule
        DELETE ~/http_request_rules/{index} deleteHTTPRequestRule
        HTTPResponseRule
        GET ~/http_response_rules getHTTPResponseRules
        POST ~/http_response_rules createHTTPResponseRule
        GET ~/http_response_rules/{index} getHTTPResponseRule
        PUT ~/http_response_rules/{index} replaceHTTPResponseRule
        DELETE ~/http_response_rules/{index} deleteHTTPResponseRule
        LogForward
        GET ~/log_forwards getLogForwards
        POST ~/log_forwards createLogForward
        GET ~/log_forwards/{name} getLogForward
        PUT ~/log_forwards/{name} replaceLogForward
        DELETE ~/log_forwards/{name} deleteLogForward
        LogTarget
        GET ~/log_targets getLogTargets
        POST ~/log_targets createLogTarget
        GET ~/log_targets/{index} getLogTarget
        PUT ~/log_targets/{index} replaceLogTarget
        DELETE ~/log_targets/{index} deleteLogTarget
        MailerEntry
        GET ~/mailer_entries getMailerEntries
        POST ~/mailer_entries createMailerEntry
        GET ~/mailer_entries/{name} getMailerEntry
        PUT ~/mailer_entries/{name} replaceMailerEntry
        DELETE ~/mailer_entries/{name} deleteMailerEntry
        Mailers
        GET ~/mailers_section getMailersSections
        POST ~/mailers_section createMailersSection
        GET ~/mailers_section/{name} getMailersSection
        PUT ~/mailers_section/{name} editMailersSection
        DELETE ~/mailers_section/{name} deleteMailersSection
        Nameserver
        GET ~/nameservers getNameservers
        POST ~/nameservers createNameserver
        GET ~/nameservers/{name} getNameserver
        PUT ~/nameservers/{name} replaceNameserver
        DELETE ~/nameservers/{name} deleteNameserver
        PeerEntry
        GET ~/peer_entries getPeerEntries
        POST ~/peer_entries createPeerEntry
        GET ~/peer_entries/{name} getPeerEntry
        PUT ~/peer_entries/{name} replacePeerEntry
        DELETE ~/peer_entries/{name} deletePeerEntry
        Peer
        GET ~/peer_section getPeerSections
        POST ~/peer_section createPeer
        GET ~/peer_section/{name} getPeerSection
        DELETE ~/peer_section/{name} deletePeer
        ProcessManager
        GET ~/programs getPrograms
        POST ~/programs createProgram
        GET ~/programs/{name} getProgram
        PUT ~/programs/{name} replaceProgram
        DELETE ~/programs/{name} deleteProgram
        Configuration
        GET ~/raw getHAProxyConfiguration
        POST ~/raw postHAProxyConfiguration
        GET ~/version getConfigurationVersion
        Resolver
        GET ~/resolvers getResolvers
        POST ~/resolvers createResolver
        GET ~/resolvers/{name} getResolver
        PUT ~/resolvers/{name} replaceResolver
        DELETE ~/resolvers/{name} deleteResolver
        Ring
        GET ~/rings getRings
        POST ~/rings createRing
        GET ~/rings/{name} getRing
        PUT ~/rings/{name} replaceRing
        DELETE ~/rings/{name} deleteRing
        ServerSwitchingRule
        GET ~/server_switching_rules getServerSwitchingRules
        POST ~/server_switching_rules createServerSwitchingRule
        GET ~/server_switching_rules/{index} getServerSwitchingRule
        PUT ~/server_switching_rules/{index} replaceServerSwitchingRule
        DELETE ~/server_switching_rules/{index} deleteServerSwitchingRule
        ServerTemplate
        GET ~/server_templates getServerTemplates
        POST ~/server_templates createServerTemplate
        GET ~/server_templates/{prefix} getServerTemplate
        PUT ~/server_templates/{prefix} replaceServerTemplate
        DELETE ~/server_templates/{prefix} deleteServerTemplate
        Server
        GET ~/servers getServers
        POST ~/servers createServer
        GET ~/servers/{name} getServer
        PUT ~/servers/{name} replaceServer
        DELETE ~/servers/{name} deleteServer
        GET /services/haproxy/runtime/servers getRuntimeServers
        POST /services/haproxy/runtime/servers addRuntimeServer
        GET /services/haproxy/runtime/servers/{name} getRuntimeServer
        PUT /services/haproxy/runtime/servers/{name} replaceRuntimeServer
        DELETE /services/haproxy/runtime/servers/{name} deleteRuntimeServer
        StickRule
        GET ~/stick_rules getStickRules
        POST ~/stick_rules createStickRule
        GET ~/stick_rules/{index} getStickRule
        PUT ~/stick_rules/{index} replaceStickRule
        DELETE ~/stick_rules/{index} deleteStickRule
        Table
        GET ~/tables getTables
        POST ~/tables createTable
        GET ~/tables/{name} getTable
        PUT ~/tables/{name} replaceTable
        DELETE ~/tables/{name} deleteTable
        TCPCheck
        GET ~/tcp_checks getTCPChecks
        POST ~/tcp_checks createTCPCheck
        GET ~/tcp_checks/{index} getTCPCheck
        PUT ~/tcp_checks/{index} replaceTCPCheck
        DELETE ~/tcp_checks/{index} deleteTCPCheck
        TCPRequestRule
        GET ~/tcp_request_rules getTCPRequestRules
        POST ~/tcp_request_rules createTCPRequestRule
        GET ~/tcp_request_rules/{index} getTCPRequestRule
        PUT ~/tcp_request_rules/{index} replaceTCPRequestRule
        DELETE ~/tcp_request_rules/{index} deleteTCPRequestRule
        TCPResponseRule
        GET ~/tcp_response_rules getTCPResponseRules
        POST ~/tcp_response_rules createTCPResponseRule
        GET ~/tcp_response_rules/{index} getTCPResponseRule
        PUT ~/tcp_response_rules/{index} replaceTCPResponseRule
        DELETE ~/tcp_response_rules/{index} deleteTCPResponseRule
        Userlist
        GET ~/userlists getUserlists
        POST ~/userlists createUserlist
        GET ~/userlists/{name} getUserlist
        DELETE ~/userlists/{name} deleteUserlist
        User
        GET ~/users getUsers
        POST ~/users createUser
        GET ~/users/{username} getUser
        PUT ~/users/{username} replaceUser
        DELETE ~/users/{username} deleteUser
        Reloads
        GET /services/haproxy/reloads getReloads
        GET /services/haproxy/reloads/{id} getReload
        ACLRuntime
        GET /services/haproxy/runtime/acl_file_entries -
        PUT /services/haproxy/runtime/acl_file_entries addPayloadRuntimeACL
        POST /services/haproxy/runtime/acl_file_entries -
        GET /services/haproxy/runtime/acl_file_entries/{id} -
        DELETE /services/haproxy/runtime/acl_file_entries/{id} -
        GET /services/haproxy/runtime/acls -
        GET /services/haproxy/runtime/acls/{id} -
        Maps
        GET /services/haproxy/runtime/maps getAllRuntimeMapFiles
        GET /services/haproxy/runtime/maps/{name} getOneRuntimeMap
        PUT /services/haproxy/runtime/maps/{name} addPayloadRuntimeMap
        DELETE /services/haproxy/runtime/maps/{name} clearRuntimeMap
        GET /services/haproxy/runtime/maps_entries showRuntimeMap
        POST /services/haproxy/runtime/maps_entries addMapEntry
        GET /services/haproxy/runtime/maps_entries/{id} getRuntimeMapEntry
        PUT /services/haproxy/runtime/maps_entries/{id} replaceRuntimeMapEntry
        DELETE /services/haproxy/runtime/maps_entries/{id} deleteRuntimeMapEntry
        StickTable
        GET /services/haproxy/runtime/stick_table_entries getStickTableEntries
        POST /services/haproxy/runtime/stick_table_entries setStickTableEntries
        GET /services/haproxy/runtime/stick_tables getStickTables
        GET /services/haproxy/runtime/stick_tables/{name} getStickTable
        Sites
        GET /services/haproxy/sites getSites
        POST /services/haproxy/sites createSite
        GET /services/haproxy/sites/{name} getSite
        PUT /services/haproxy/sites/{name} replaceSite
        DELETE /services/haproxy/sites/{name} deleteSite
        Spoe
        GET /services/haproxy/spoe/spoe_agents getSpoeAgents
        POST /services/haproxy/spoe/spoe_agents createSpoeAgent
        GET /services/haproxy/spoe/spoe_agents/{name} getSpoeAgent
        PUT /services/haproxy/spoe/spoe_agents/{name} replaceSpoeAgent
        DELETE /services/haproxy/spoe/spoe_agents/{name} deleteSpoeAgent
        GET /services/haproxy/spoe/spoe_files getAllSpoeFiles
        POST /services/haproxy/spoe/spoe_files createSpoe
        GET /services/haproxy/spoe/spoe_files/{name} getOneSpoeFile
        DELETE /services/haproxy/spoe/spoe_files/{name} deleteSpoeFile
        GET /services/haproxy/spoe/spoe_groups getSpoeGroups
        POST /services/haproxy/spoe/spoe_groups createSpoeGroup
        GET /services/haproxy/spoe/spoe_groups/{name} getSpoeGroup
        PUT /services/haproxy/spoe/spoe_groups/{name} replaceSpoeGroup
        DELETE /services/haproxy/spoe/spoe_groups/{name} deleteSpoeGroup
        GET /services/haproxy/spoe/spoe_messages getSpoeMessages
        POST /services/haproxy/spoe/spoe_messages createSpoeMessage
        GET /services/haproxy/spoe/spoe_messages/{name} getSpoeMessage
        PUT /services/haproxy/spoe/spoe_messages/{name} replaceSpoeMessage
        DELETE /services/haproxy/spoe/spoe_messages/{name} deleteSpoeMessage
        GET /services/haproxy/spoe/spoe_scopes getSpoeScopes
        POST /services/haproxy/spoe/spoe_scopes createSpoeScope
        GET /services/haproxy/spoe/spoe_scopes/{name} getSpoeScope
        DELETE /services/haproxy/spoe/spoe_scopes/{name} deleteSpoeScope
        GET /services/haproxy/spoe/version getSpoeConfigurationVersion
        SpoeTransactions
        GET /services/haproxy/spoe_transactions getSpoeTransactions
        POST /services/haproxy/spoe_transactions startSpoeTransaction
        GET /services/haproxy/spoe_transactions/{id} getSpoeTransaction
        PUT /services/haproxy/spoe_transactions/{id} commitSpoeTransaction
        DELETE /services/haproxy/spoe_transactions/{id} deleteSpoeTransaction
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
