package dev.longshore.kinds.pods;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;

/// `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`, as proxied pods, services and nodes are named.
///
/// @param port a number, the name of a port, or empty
public record ProxyName(String scheme, String name, String port) {

    /// Reads `text`.
    public static ProxyName parse(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts.length) {
            case 1 -> new ProxyName("", parts[0], "");
            case 2 -> new ProxyName("", parts[0], parts[1]);
            case 3 -> {
                if (!parts[0].isEmpty() && !parts[0].equals("http") && !parts[0].equals("https")) {
                    throw invalid(text);
                }
                yield new ProxyName(parts[0], parts[1], parts[2]);
            }
            default -> throw invalid(text);
        };
    }

    /// The scheme to speak.
    public String schemeOrHttp() {
        return scheme.isEmpty() ? "http" : scheme;
    }

    /// The port, which must be a number.
    public int portNumber() {
        if (!port.matches("\\d{1,5}")) {
            throw invalid(name + ":" + port);
        }
        return Integer.parseInt(port);
    }

    private static FaultException invalid(String text) {
        return new FaultException(new Fault.BadRequest("invalid request \"" + text + "\""));
    }
}
