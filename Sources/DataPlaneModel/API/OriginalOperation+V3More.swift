extension OriginalOperation {
    /// More operations of the Data Plane API 3.4.2 on the configuration.
    static let v3More = """
        TCPRequestRule
        GET ~/backends/{parent_name}/tcp_request_rules getAllTCPRequestRuleBackend
        PUT ~/backends/{parent_name}/tcp_request_rules replaceAllTCPRequestRuleBackend
        GET ~/backends/{parent_name}/tcp_request_rules/{index} getTCPRequestRuleBackend
        PUT ~/backends/{parent_name}/tcp_request_rules/{index} replaceTCPRequestRuleBackend
        POST ~/backends/{parent_name}/tcp_request_rules/{index} createTCPRequestRuleBackend
        DELETE ~/backends/{parent_name}/tcp_request_rules/{index} deleteTCPRequestRuleBackend
        GET ~/defaults/{parent_name}/tcp_request_rules getAllTCPRequestRuleDefaults
        PUT ~/defaults/{parent_name}/tcp_request_rules replaceAllTCPRequestRuleDefaults
        GET ~/defaults/{parent_name}/tcp_request_rules/{index} getTCPRequestRuleDefaults
        PUT ~/defaults/{parent_name}/tcp_request_rules/{index} replaceTCPRequestRuleDefaults
        POST ~/defaults/{parent_name}/tcp_request_rules/{index} createTCPRequestRuleDefaults
        DELETE ~/defaults/{parent_name}/tcp_request_rules/{index} deleteTCPRequestRuleDefaults
        GET ~/frontends/{parent_name}/tcp_request_rules getAllTCPRequestRuleFrontend
        PUT ~/frontends/{parent_name}/tcp_request_rules replaceAllTCPRequestRuleFrontend
        GET ~/frontends/{parent_name}/tcp_request_rules/{index} getTCPRequestRuleFrontend
        PUT ~/frontends/{parent_name}/tcp_request_rules/{index} replaceTCPRequestRuleFrontend
        POST ~/frontends/{parent_name}/tcp_request_rules/{index} createTCPRequestRuleFrontend
        DELETE ~/frontends/{parent_name}/tcp_request_rules/{index} deleteTCPRequestRuleFrontend
        TCPResponseRule
        GET ~/backends/{parent_name}/tcp_response_rules getAllTCPResponseRuleBackend
        PUT ~/backends/{parent_name}/tcp_response_rules replaceAllTCPResponseRuleBackend
        GET ~/backends/{parent_name}/tcp_response_rules/{index} getTCPResponseRuleBackend
        PUT ~/backends/{parent_name}/tcp_response_rules/{index} replaceTCPResponseRuleBackend
        POST ~/backends/{parent_name}/tcp_response_rules/{index} createTCPResponseRuleBackend
        DELETE ~/backends/{parent_name}/tcp_response_rules/{index} deleteTCPResponseRuleBackend
        GET ~/defaults/{parent_name}/tcp_response_rules getAllTCPResponseRuleDefaults
        PUT ~/defaults/{parent_name}/tcp_response_rules replaceAllTCPResponseRuleDefaults
        GET ~/defaults/{parent_name}/tcp_response_rules/{index} getTCPResponseRuleDefaults
        PUT ~/defaults/{parent_name}/tcp_response_rules/{index} replaceTCPResponseRuleDefaults
        POST ~/defaults/{parent_name}/tcp_response_rules/{index} createTCPResponseRuleDefaults
        DELETE ~/defaults/{parent_name}/tcp_response_rules/{index} deleteTCPResponseRuleDefaults
        Cache
        GET ~/caches getCaches
        POST ~/caches createCache
        GET ~/caches/{name} getCache
        PUT ~/caches/{name} replaceCache
        DELETE ~/caches/{name} deleteCache
        CrtStore
        GET ~/crt_stores getCrtStores
        POST ~/crt_stores createCrtStore
        GET ~/crt_stores/{name} getCrtStore
        PUT ~/crt_stores/{name} editCrtStore
        DELETE ~/crt_stores/{name} deleteCrtStore
        CrtLoad
        GET ~/crt_stores/{crt_store}/crt_loads getCrtLoads
        POST ~/crt_stores/{crt_store}/crt_loads createCrtLoad
        GET ~/crt_stores/{crt_store}/crt_loads/{certificate} getCrtLoad
        PUT ~/crt_stores/{crt_store}/crt_loads/{certificate} replaceCrtLoad
        DELETE ~/crt_stores/{crt_store}/crt_loads/{certificate} deleteCrtLoad
        Defaults
        GET ~/defaults getDefaultsSections
        PUT ~/defaults createDefaultsSection
        POST ~/defaults addDefaultsSection
        GET ~/defaults/{name} getDefaultsSection
        PUT ~/defaults/{name} replaceDefaultsSection
        DELETE ~/defaults/{name} deleteDefaultsSection
        QUICInitialRule
        GET ~/defaults/{parent_name}/quic_initial_rules getAllQUICInitialRuleDefaults
        PUT ~/defaults/{parent_name}/quic_initial_rules replaceAllQUICInitialRuleDefaults
        GET ~/defaults/{parent_name}/quic_initial_rules/{index} getQUICInitialRuleDefaults
        PUT ~/defaults/{parent_name}/quic_initial_rules/{index} replaceQUICInitialRuleDefaults
        POST ~/defaults/{parent_name}/quic_initial_rules/{index} createQUICInitialRuleDefaults
        DELETE ~/defaults/{parent_name}/quic_initial_rules/{index} deleteQUICInitialRuleDefaults
        GET ~/frontends/{parent_name}/quic_initial_rules getAllQUICInitialRuleFrontend
        PUT ~/frontends/{parent_name}/quic_initial_rules replaceAllQUICInitialRuleFrontend
        GET ~/frontends/{parent_name}/quic_initial_rules/{index} getQUICInitialRuleFrontend
        PUT ~/frontends/{parent_name}/quic_initial_rules/{index} replaceQUICInitialRuleFrontend
        POST ~/frontends/{parent_name}/quic_initial_rules/{index} createQUICInitialRuleFrontend
        DELETE ~/frontends/{parent_name}/quic_initial_rules/{index} deleteQUICInitialRuleFrontend
        FCGIApp
        GET ~/fcgi_apps getFCGIApps
        POST ~/fcgi_apps createFCGIApp
        GET ~/fcgi_apps/{name} getFCGIApp
        PUT ~/fcgi_apps/{name} replaceFCGIApp
        DELETE ~/fcgi_apps/{name} deleteFCGIApp
        Frontend
        GET ~/frontends getFrontends
        POST ~/frontends createFrontend
        GET ~/frontends/{name} getFrontend
        PUT ~/frontends/{name} replaceFrontend
        DELETE ~/frontends/{name} deleteFrontend
        BackendSwitchingRule
        GET ~/frontends/{parent_name}/backend_switching_rules getBackendSwitchingRules
        PUT ~/frontends/{parent_name}/backend_switching_rules replaceBackendSwitchingRules
        GET ~/frontends/{parent_name}/backend_switching_rules/{index} getBackendSwitchingRule
        PUT ~/frontends/{parent_name}/backend_switching_rules/{index} replaceBackendSwitchingRule
        POST ~/frontends/{parent_name}/backend_switching_rules/{index} createBackendSwitchingRule
        DELETE ~/frontends/{parent_name}/backend_switching_rules/{index} deleteBackendSwitchingRule
        Bind
        GET ~/frontends/{parent_name}/binds getAllBindFrontend
        POST ~/frontends/{parent_name}/binds createBindFrontend
        GET ~/frontends/{parent_name}/binds/{name} getBindFrontend
        PUT ~/frontends/{parent_name}/binds/{name} replaceBindFrontend
        DELETE ~/frontends/{parent_name}/binds/{name} deleteBindFrontend
        GET ~/log_forwards/{parent_name}/binds getAllBindLogForward
        POST ~/log_forwards/{parent_name}/binds createBindLogForward
        GET ~/log_forwards/{parent_name}/binds/{name} getBindLogForward
        PUT ~/log_forwards/{parent_name}/binds/{name} replaceBindLogForward
        DELETE ~/log_forwards/{parent_name}/binds/{name} deleteBindLogForward
        GET ~/peers/{parent_name}/binds getAllBindPeer
        POST ~/peers/{parent_name}/binds createBindPeer
        GET ~/peers/{parent_name}/binds/{name} getBindPeer
        PUT ~/peers/{parent_name}/binds/{name} replaceBindPeer
        DELETE ~/peers/{parent_name}/binds/{name} deleteBindPeer
        DeclareCapture
        GET ~/frontends/{parent_name}/captures getDeclareCaptures
        PUT ~/frontends/{parent_name}/captures replaceDeclareCaptures
        GET ~/frontends/{parent_name}/captures/{index} getDeclareCapture
        PUT ~/frontends/{parent_name}/captures/{index} replaceDeclareCapture
        POST ~/frontends/{parent_name}/captures/{index} createDeclareCapture
        DELETE ~/frontends/{parent_name}/captures/{index} deleteDeclareCapture
        ForceBeSwitch
        GET ~/frontends/{parent_name}/force_be_switches getAllForceBeSwitches
        POST ~/frontends/{parent_name}/force_be_switches createForceBeSwitch
        GET ~/frontends/{parent_name}/force_be_switches/{index} getForceBeSwitch
        PUT ~/frontends/{parent_name}/force_be_switches/{index} replaceForceBeSwitch
        DELETE ~/frontends/{parent_name}/force_be_switches/{index} deleteForceBeSwitch
        SSLFrontUse
        GET ~/frontends/{parent_name}/ssl_front_uses getAllSSLFrontUses
        POST ~/frontends/{parent_name}/ssl_front_uses createSSLFrontUse
        GET ~/frontends/{parent_name}/ssl_front_uses/{index} getSSLFrontUse
        PUT ~/frontends/{parent_name}/ssl_front_uses/{index} replaceSSLFrontUse
        DELETE ~/frontends/{parent_name}/ssl_front_uses/{index} deleteSSLFrontUse
        Global
        GET ~/global getGlobal
        PUT ~/global replaceGlobal
        Group
        GET ~/groups getGroups
        POST ~/groups createGroup
        GET ~/groups/{name} getGroup
        PUT ~/groups/{name} replaceGroup
        DELETE ~/groups/{name} deleteGroup
        HealthCheck
        GET ~/healthchecks getHealthChecks
        POST ~/healthchecks createHealthCheck
        GET ~/healthchecks/{name} getHealthCheck
        PUT ~/healthchecks/{name} replaceHealthCheck
        DELETE ~/healthchecks/{name} deleteHealthCheck
        HTTPErrors
        GET ~/http_errors_sections getHTTPErrorsSections
        POST ~/http_errors_sections createHTTPErrorsSection
        GET ~/http_errors_sections/{name} getHTTPErrorsSection
        PUT ~/http_errors_sections/{name} replaceHTTPErrorsSection
        DELETE ~/http_errors_sections/{name} deleteHTTPErrorsSection
        LogForward
        GET ~/log_forwards getLogForwards
        POST ~/log_forwards createLogForward
        GET ~/log_forwards/{name} getLogForward
        PUT ~/log_forwards/{name} replaceLogForward
        DELETE ~/log_forwards/{name} deleteLogForward
        DgramBind
        GET ~/log_forwards/{parent_name}/dgram_binds getDgramBinds
        POST ~/log_forwards/{parent_name}/dgram_binds createDgramBind
        GET ~/log_forwards/{parent_name}/dgram_binds/{name} getDgramBind
        PUT ~/log_forwards/{parent_name}/dgram_binds/{name} replaceDgramBind
        DELETE ~/log_forwards/{parent_name}/dgram_binds/{name} deleteDgramBind
        LogProfile
        GET ~/log_profiles getLogProfiles
        POST ~/log_profiles createLogProfile
        GET ~/log_profiles/{name} getLogProfile
        PUT ~/log_profiles/{name} editLogProfile
        DELETE ~/log_profiles/{name} deleteLogProfile
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
        Table
        GET ~/peers/{parent_name}/tables getTables
        POST ~/peers/{parent_name}/tables createTable
        GET ~/peers/{parent_name}/tables/{name} getTable
        PUT ~/peers/{parent_name}/tables/{name} replaceTable
        DELETE ~/peers/{parent_name}/tables/{name} deleteTable
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
        GET ~/users getUsers
        POST ~/users createUser
        GET ~/users/{username} getUser
        PUT ~/users/{username} replaceUser
        DELETE ~/users/{username} deleteUser
        """
}
