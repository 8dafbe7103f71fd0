extension OriginalOperation {
    /// Every operation of the Data Plane API 3.4.2, below its tag.
    static let v3 = """
        Acme
        * ~/acme/{name} AcmeProviders AcmeProvider edit
        Backend
        * ~/backends/{name} Backends Backend
        ACL
        + ~/backends/{parent_name}/acls/{index} AllAclBackend AclBackend
        + ~/defaults/{parent_name}/acls/{index} AllAclDefaults AclDefaults
        + ~/fcgi_apps/{parent_name}/acls/{index} AllAclFCGIApp AclFCGIApp
        + ~/frontends/{parent_name}/acls/{index} AllAclFrontend AclFrontend
        Filter
        + ~/backends/{parent_name}/filters/{index} AllFilterBackend FilterBackend
        + ~/frontends/{parent_name}/filters/{index} AllFilterFrontend FilterFrontend
        HTTPAfterResponseRule
        + ~/backends/{parent_name}/http_after_response_rules/{index} AllHTTPAfterResponseRuleBackend HTTPAfterResponseRuleBackend
        + ~/defaults/{parent_name}/http_after_response_rules/{index} AllHTTPAfterResponseRuleDefaults HTTPAfterResponseRuleDefaults
        + ~/frontends/{parent_name}/http_after_response_rules/{index} AllHTTPAfterResponseRuleFrontend HTTPAfterResponseRuleFrontend
        HTTPCheck
        + ~/backends/{parent_name}/http_checks/{index} AllHTTPCheckBackend HTTPCheckBackend
        + ~/defaults/{parent_name}/http_checks/{index} AllHTTPCheckDefaults HTTPCheckDefaults
        + ~/healthchecks/{parent_name}/http_checks/{index} AllHTTPCheckHealthcheck HTTPCheckHealthcheck
        HTTPErrorRule
        + ~/backends/{parent_name}/http_error_rules/{index} AllHTTPErrorRuleBackend HTTPErrorRuleBackend
        + ~/defaults/{parent_name}/http_error_rules/{index} AllHTTPErrorRuleDefaults HTTPErrorRuleDefaults
        + ~/frontends/{parent_name}/http_error_rules/{index} AllHTTPErrorRuleFrontend HTTPErrorRuleFrontend
        HTTPRequestRule
        + ~/backends/{parent_name}/http_request_rules/{index} AllHTTPRequestRuleBackend HTTPRequestRuleBackend
        + ~/defaults/{parent_name}/http_request_rules/{index} AllHTTPRequestRuleDefaults HTTPRequestRuleDefaults
        + ~/frontends/{parent_name}/http_request_rules/{index} AllHTTPRequestRuleFrontend HTTPRequestRuleFrontend
        HTTPResponseRule
        + ~/backends/{parent_name}/http_response_rules/{index} AllHTTPResponseRuleBackend HTTPResponseRuleBackend
        + ~/defaults/{parent_name}/http_response_rules/{index} AllHTTPResponseRuleDefaults HTTPResponseRuleDefaults
        + ~/frontends/{parent_name}/http_response_rules/{index} AllHTTPResponseRuleFrontend HTTPResponseRuleFrontend
        LogTarget
        + ~/backends/{parent_name}/log_targets/{index} AllLogTargetBackend LogTargetBackend
        + ~/defaults/{parent_name}/log_targets/{index} AllLogTargetDefaults LogTargetDefaults
        + ~/frontends/{parent_name}/log_targets/{index} AllLogTargetFrontend LogTargetFrontend
        + ~/global/log_targets/{index} AllLogTargetGlobal LogTargetGlobal
        + ~/log_forwards/{parent_name}/log_targets/{index} AllLogTargetLogForward LogTargetLogForward
        + ~/peers/{parent_name}/log_targets/{index} AllLogTargetPeer LogTargetPeer
        ServerSwitchingRule
        + ~/backends/{parent_name}/server_switching_rules/{index} ServerSwitchingRules ServerSwitchingRule
        ServerTemplate
        * ~/backends/{parent_name}/server_templates/{prefix} ServerTemplates ServerTemplate
        Server
        * ~/backends/{parent_name}/servers/{name} AllServerBackend ServerBackend
        * ~/peers/{parent_name}/servers/{name} AllServerPeer ServerPeer
        * ~/rings/{parent_name}/servers/{name} AllServerRing ServerRing
        StickRule
        + ~/backends/{parent_name}/stick_rules/{index} StickRules StickRule
        TCPCheck
        + ~/backends/{parent_name}/tcp_checks/{index} AllTCPCheckBackend TCPCheckBackend
        + ~/defaults/{parent_name}/tcp_checks/{index} AllTCPCheckDefaults TCPCheckDefaults
        + ~/healthchecks/{parent_name}/tcp_checks/{index} AllTCPCheckHealthcheck TCPCheckHealthcheck
        TCPRequestRule
        + ~/backends/{parent_name}/tcp_request_rules/{index} AllTCPRequestRuleBackend TCPRequestRuleBackend
        + ~/defaults/{parent_name}/tcp_request_rules/{index} AllTCPRequestRuleDefaults TCPRequestRuleDefaults
        + ~/frontends/{parent_name}/tcp_request_rules/{index} AllTCPRequestRuleFrontend TCPRequestRuleFrontend
        TCPResponseRule
        + ~/backends/{parent_name}/tcp_response_rules/{index} AllTCPResponseRuleBackend TCPResponseRuleBackend
        + ~/defaults/{parent_name}/tcp_response_rules/{index} AllTCPResponseRuleDefaults TCPResponseRuleDefaults
        Cache
        * ~/caches/{name} Caches Cache
        CrtStore
        * ~/crt_stores/{name} CrtStores CrtStore edit
        CrtLoad
        * ~/crt_stores/{crt_store}/crt_loads/{certificate} CrtLoads CrtLoad
        Defaults
        GET ~/defaults getDefaultsSections
        PUT ~/defaults createDefaultsSection
        POST ~/defaults addDefaultsSection
        GET ~/defaults/{name} getDefaultsSection
        PUT ~/defaults/{name} replaceDefaultsSection
        DELETE ~/defaults/{name} deleteDefaultsSection
        QUICInitialRule
        + ~/defaults/{parent_name}/quic_initial_rules/{index} AllQUICInitialRuleDefaults QUICInitialRuleDefaults
        + ~/frontends/{parent_name}/quic_initial_rules/{index} AllQUICInitialRuleFrontend QUICInitialRuleFrontend
        FCGIApp
        * ~/fcgi_apps/{name} FCGIApps FCGIApp
        Frontend
        * ~/frontends/{name} Frontends Frontend
        BackendSwitchingRule
        + ~/frontends/{parent_name}/backend_switching_rules/{index} BackendSwitchingRules BackendSwitchingRule
        Bind
        * ~/frontends/{parent_name}/binds/{name} AllBindFrontend BindFrontend
        * ~/log_forwards/{parent_name}/binds/{name} AllBindLogForward BindLogForward
        * ~/peers/{parent_name}/binds/{name} AllBindPeer BindPeer
        DeclareCapture
        + ~/frontends/{parent_name}/captures/{index} DeclareCaptures DeclareCapture
        ForceBeSwitch
        * ~/frontends/{parent_name}/force_be_switches/{index} AllForceBeSwitches ForceBeSwitch
        SSLFrontUse
        * ~/frontends/{parent_name}/ssl_front_uses/{index} AllSSLFrontUses SSLFrontUse
        Global
        GET ~/global getGlobal
        PUT ~/global replaceGlobal
        Group
        * ~/groups/{name} Groups Group
        HealthCheck
        * ~/healthchecks/{name} HealthChecks HealthCheck
        HTTPErrors
        * ~/http_errors_sections/{name} HTTPErrorsSections HTTPErrorsSection
        LogForward
        * ~/log_forwards/{name} LogForwards LogForward
        DgramBind
        * ~/log_forwards/{parent_name}/dgram_binds/{name} DgramBinds DgramBind
        LogProfile
        * ~/log_profiles/{name} LogProfiles LogProfile edit
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
        Table
        * ~/peers/{parent_name}/tables/{name} Tables Table
        Configuration
        GET ~/raw getHAProxyConfiguration
        POST ~/raw postHAProxyConfiguration
        GET ~/version getConfigurationVersion
        Resolver
        * ~/resolvers/{name} Resolvers Resolver
        Ring
        * ~/rings/{name} Rings Ring
        Traces
        GET ~/traces getTraces
        PUT ~/traces replaceTraces
        POST ~/traces createTraces
        DELETE ~/traces deleteTraces
        POST ~/traces/entries createTraceEntry
        DELETE ~/traces/entries deleteTraceEntry
        Userlist
        GET ~/userlists getUserlists
        POST ~/userlists createUserlist
        GET ~/userlists/{name} getUserlist
        DELETE ~/userlists/{name} deleteUserlist
        User
        * ~/users/{username} Users User
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
        * /service_discovery/aws/{id} AWSRegions AWSRegion
        * /service_discovery/consul/{id} Consuls Consul
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
        * /services/haproxy/runtime/ssl_certs/{name} AllCerts Cert
        * /services/haproxy/runtime/ssl_crl_files/{name} AllCrl Crl
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
        * /services/haproxy/sites/{name} Sites Site
        Spoe
        GET /services/haproxy/spoe/spoe_files getAllSpoeFiles
        POST /services/haproxy/spoe/spoe_files createSpoe
        GET /services/haproxy/spoe/spoe_files/{name} getOneSpoeFile
        DELETE /services/haproxy/spoe/spoe_files/{name} deleteSpoeFile
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes getAllSpoeScope
        POST /services/haproxy/spoe/spoe_files/{parent_name}/scopes createSpoeScope
        GET /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{name} getSpoeScope
        DELETE /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{name} deleteSpoeScope
        * /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/agents/{name} AllSpoeAgent SpoeAgent
        * /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/groups/{name} AllSpoeGroup SpoeGroup
        * /services/haproxy/spoe/spoe_files/{parent_name}/scopes/{scope_name}/messages/{name} AllSpoeMessage SpoeMessage
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
