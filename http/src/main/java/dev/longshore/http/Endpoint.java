package dev.longshore.http;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/// Where a server listens.
public sealed interface Endpoint {

    /// What goes into the Host field.
    String authority();

    /// Plain TCP.
    record Tcp(String host, int port) implements Endpoint {
        public Tcp {
            requireNonNull(host, "host");
        }

        @Override
        public String authority() {
            return bracketed(host) + ":" + port;
        }
    }

    /// TLS over TCP. The certificate must fit [ClientTls#expectedName()], or `host` when that is not given.
    record Tls(String host, int port, ClientTls tls) implements Endpoint {
        public Tls {
            requireNonNull(host, "host");
            requireNonNull(tls, "tls");
        }

        @Override
        public String authority() {
            return bracketed(host) + ":" + port;
        }
    }

    /// A unix socket.
    record Unix(Path path) implements Endpoint {
        public Unix {
            requireNonNull(path, "path");
        }

        @Override
        public String authority() {
            return "localhost";
        }
    }

    private static String bracketed(String host) {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }
}
