package dev.longshore.images.distribution;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The proxies that the environment names, by the rules of Go's programs, as other tools for containers have them:
/// `HTTPS_PROXY` and `HTTP_PROXY` by the address's scheme, none for what `NO_PROXY` names and never for this machine
/// itself; small letters count, too, and first.
///
/// @param http for http addresses
/// @param https for https addresses
/// @param none for whom there is none: `*`, names, `.suffixes`, addresses, networks, each perhaps with a port
public record Proxies(Optional<URI> http, Optional<URI> https, NoProxy none) {

    /// None at all.
    public static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), NoProxy.of(""));

    /// Those that `environment` names.
    ///
    /// @throws IllegalArgumentException when it names something that is no proxy
    public static Proxies of(Map<String, String> environment) {
        return new Proxies(
                proxy("http_proxy", environment),
                proxy("https_proxy", environment),
                NoProxy.of(value("no_proxy", environment)));
    }

    /// The proxy for `address`.
    Optional<URI> forAddress(URI address) {
        boolean isSecure = "https".equals(address.getScheme());
        int port = address.getPort() < 0 ? (isSecure ? 443 : 80) : address.getPort();
        return none.isFor(address.getHost(), port) ? Optional.empty() : isSecure ? https : http;
    }

    /// What to send as Proxy-Authorization on the way to `address`.
    Optional<String> authorization(URI address) {
        return forAddress(address)
                .map(URI::getUserInfo)
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    /// For a client of Java's.
    ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI address) {
                Optional<URI> proxy = forAddress(address);
                if (proxy.isEmpty()) {
                    return List.of(Proxy.NO_PROXY);
                }
                int port = proxy.get().getPort() < 0 ? 80 : proxy.get().getPort();
                return List.of(new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(proxy.get().getHost(), port)));
            }

            @Override
            public void connectFailed(URI address, SocketAddress proxy, IOException why) {
                // Whoever sent the request hears of it.
            }
        };
    }

    private static Optional<URI> proxy(String name, Map<String, String> environment) {
        String text = value(name, environment);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI proxy;
        try {
            proxy = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(name + " is no address of a proxy", wrong);
        }
        if (proxy.getHost() == null || !"http".equals(proxy.getScheme())) {
            throw new IllegalArgumentException(name + " must be http://[USER:PASSWORD@]HOST:PORT");
        }
        return Optional.of(proxy);
    }

    private static String value(String name, Map<String, String> environment) {
        String small = environment.getOrDefault(name, "");
        return (small.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : small).strip();
    }
}
