package dev.longshore.http;

import java.security.cert.X509Certificate;
import java.util.List;

/// Who is at the other end of the connection.
///
/// @param address `host:port`, or `unix` for a unix socket, or `local` for a call within this process
/// @param certificates the client's chain, leaf first, as TLS verified it against the server's client CAs, unless that
/// was told not to ([HttpServer.Tls#isChecked()]); empty without one
/// @param isTls whether the bytes travel encrypted
public record Peer(String address, List<X509Certificate> certificates, boolean isTls) {

    /// A caller in this very process.
    public static final Peer LOCAL = new Peer("local", List.of(), false);

    public Peer {
        certificates = List.copyOf(certificates);
    }
}
