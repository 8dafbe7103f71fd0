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
        * /service_discovery/aws/{id} AWSRegions AWSRegion
        * /service_discovery/consul/{id} Consuls Consul
        ACL
        * ~/acls/{index} Acls Acl
        BackendSwitchingRule
        * ~/backend_switching_rules/{index} BackendSwitchingRules BackendSwitchingRule
        Backend
        * ~/backends/{name} Backends Backend
        Bind
        * ~/binds/{name} Binds Bind
        Cache
        * ~/caches/{name} Caches Cache
        DeclareCapture
        * ~/captures/{index} DeclareCaptures DeclareCapture
        Defaults
        GET ~/defaults getDefaults
        PUT ~/defaults replaceDefaults
        * ~/named_defaults/{name} DefaultsSections DefaultsSection
        DgramBind
        * ~/dgram_binds/{name} DgramBinds DgramBind
        FCGIApp
        * ~/fcgi_apps/{name} FCGIApps FCGIApp
        Filter
        * ~/filters/{index} Filters Filter
        Frontend
        * ~/frontends/{name} Frontends Frontend
        Global
        GET ~/global getGlobal
        PUT ~/global replaceGlobal
        Group
        * ~/groups/{name} Groups Group
        HTTPAfterResponseRule
        * ~/http_after_response_rules/{index} HTTPAfterResponseRules HTTPAfterResponseRule
        HTTPCheck
        * ~/http_checks/{index} HTTPChecks HTTPCheck
        HTTPErrorRule
        * ~/http_error_rules/{index} HTTPErrorRules HTTPErrorRule
        HTTPErrors
        * ~/http_errors_sections/{name} HTTPErrorsSections HTTPErrorsSection
        HTTPRequestRule
        * ~/http_request_rules/{index} HTTPRequestRules HTTPRequestRule
        HTTPResponseRule
        * ~/http_response_rules/{index} HTTPResponseRules HTTPResponseRule
        LogForward
        * ~/log_forwards/{name} LogForwards LogForward
        LogTarget
        * ~/log_targets/{index} LogTargets LogTarget
        MailerEntry
        * ~/mailer_entries/{name} MailerEntries MailerEntry
        Mailers
        * ~/mailers_section/{name} MailersSections MailersSection edit
        Nameserver
        * ~/nameservers/{name} Nameservers Nameserver
        PeerEntry
        * ~/peer_entries/{name} PeerEntries PeerEntry
        Peer
        GET ~/peer_section getPeerSections
        POST ~/peer_section createPeer
        GET ~/peer_section/{name} getPeerSection
        DELETE ~/peer_section/{name} deletePeer
        ProcessManager
        * ~/programs/{name} Programs Program
        Configuration
        GET ~/raw getHAProxyConfiguration
        POST ~/raw postHAProxyConfiguration
        GET ~/version getConfigurationVersion
        Resolver
        * ~/resolvers/{name} Resolvers Resolver
        Ring
        * ~/rings/{name} Rings Ring
        ServerSwitchingRule
        * ~/server_switching_rules/{index} ServerSwitchingRules ServerSwitchingRule
        ServerTemplate
        * ~/server_templates/{prefix} ServerTemplates ServerTemplate
        Server
        * ~/servers/{name} Servers Server
        GET /services/haproxy/runtime/servers getRuntimeServers
        POST /services/haproxy/runtime/servers addRuntimeServer
        GET /services/haproxy/runtime/servers/{name} getRuntimeServer
        PUT /services/haproxy/runtime/servers/{name} replaceRuntimeServer
        DELETE /services/haproxy/runtime/servers/{name} deleteRuntimeServer
        StickRule
        * ~/stick_rules/{index} StickRules StickRule
        Table
        * ~/tables/{name} Tables Table
        TCPCheck
        * ~/tcp_checks/{index} TCPChecks TCPCheck
        TCPRequestRule
        * ~/tcp_request_rules/{index} TCPRequestRules TCPRequestRule
        TCPResponseRule
        * ~/tcp_response_rules/{index} TCPResponseRules TCPResponseRule
        Userlist
        GET ~/userlists getUserlists
        POST ~/userlists createUserlist
        GET ~/userlists/{name} getUserlist
        DELETE ~/userlists/{name} deleteUserlist
        User
        * ~/users/{username} Users User
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
        * /services/haproxy/sites/{name} Sites Site
        Spoe
        * /services/haproxy/spoe/spoe_agents/{name} SpoeAgents SpoeAgent
        GET /services/haproxy/spoe/spoe_files getAllSpoeFiles
        POST /services/haproxy/spoe/spoe_files createSpoe
        GET /services/haproxy/spoe/spoe_files/{name} getOneSpoeFile
        DELETE /services/haproxy/spoe/spoe_files/{name} deleteSpoeFile
        * /services/haproxy/spoe/spoe_groups/{name} SpoeGroups SpoeGroup
        * /services/haproxy/spoe/spoe_messages/{name} SpoeMessages SpoeMessage
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
