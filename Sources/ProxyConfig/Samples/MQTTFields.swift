/// What `mqtt_field_value` tells of each kind of packet (configuration manual, 7.3.1; names and numbers as HAProxy 2.6 takes them).
enum MQTTFields {
    /// The problem in HAProxy's words; nil if there is none.
    static func problem(packet: String, field: String) -> String? {
        let name = packet.lowercased()
        let known =
            packets.first { $0.name == name }
            ?? Int(packet).flatMap { number in
                (1...packets.count).contains(number) ? packets[number - 1] : nil
            }
        guard let known else { return "Unknown MQTT type '\(packet)'" }
        return known.fields.contains(field) ? nil : "Unknown MQTT field name '\(field)' for packet type '\(packet)'"
    }

    /// From number 1.
    private static let packets: [(name: String, fields: Set<String>)] = """
        connect client_identifier flags keepalive password protocol_name protocol_version username will_payload will_topic 1 2 3 8 9 17 21 22 23 24 25 33 34 38 39
        connack flags protocol_version reason_code 17 18 19 21 22 26 28 31 33 34 36 37 38 39 40 41 42
        publish 1 2 3 8 9 11 35 38
        puback reason_code 31 38
        pubrec reason_code 31 38
        pubrel reason_code 31 38
        pubcomp reason_code 31 38
        subscribe 11 38
        suback 31 38
        unsubscribe 38
        unsuback 31 38
        pingreq
        pingresp
        disconnect reason_code 17 28 31 38
        auth 21 22 31 38
        """.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map { String($0) }
            return (words.first ?? "", Set(words.dropFirst()))
        }
}
