package dev.longshore.kinds.machinery;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.ProxyHeaders;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.Upkeep;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// The ConfigMap that tells extension API servers how to know us: who vouches for the front proxy and for clients,
/// and what the headers are called. What others have added stays, but for certificates that have expired.
public final class ExtensionAuthentication implements Upkeep {

    private static final GroupResource CONFIG_MAPS = new GroupResource("", "configmaps");
    private static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "ConfigMap");
    private static final Duration SLACK = Duration.ofMinutes(5);
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private static final String CLIENT_CA = "client-ca-file";
    private static final String PROXY_CA = "requestheader-client-ca-file";

    private final Map<String, Supplier<String>> certificates;
    private final Map<String, Set<String>> lists;
    private final Time time;

    /// @param clientAuthorities PEM of who vouches for clients, at the time
    /// @param proxyAuthorities PEM of who vouches for front proxies, at the time
    /// @param proxies what they are called, and by which headers they say who asks
    public ExtensionAuthentication(
            Supplier<String> clientAuthorities,
            Supplier<String> proxyAuthorities,
            List<ProxyHeaders> proxies,
            Time time) {
        this.certificates = Map.of(CLIENT_CA, clientAuthorities, PROXY_CA, proxyAuthorities);
        this.lists = Map.of(
                "requestheader-username-headers", all(proxies, ProxyHeaders::users),
                "requestheader-uid-headers", all(proxies, ProxyHeaders::uids),
                "requestheader-group-headers", all(proxies, ProxyHeaders::groups),
                "requestheader-extra-headers-prefix", all(proxies, ProxyHeaders::extras),
                "requestheader-allowed-names", all(proxies, ProxyHeaders::names));
        this.time = time;
    }

    private static Set<String> all(List<ProxyHeaders> proxies, Function<ProxyHeaders, List<String>> part) {
        var all = new LinkedHashSet<String>();
        proxies.forEach(proxy -> all.addAll(part.apply(proxy)));
        return all;
    }

    @Override
    public String hook() {
        return "start-cluster-authentication-info-controller";
    }

    @Override
    public GroupResource resource() {
        return CONFIG_MAPS;
    }

    @Override
    public String namespace() {
        return "kube-system";
    }

    @Override
    public String name() {
        return "extension-apiserver-authentication";
    }

    @Override
    public void keep(Registry registry) {
        try {
            if (registry.get(CONFIG_MAPS, namespace(), name()).isEmpty()) {
                Resource fresh = Resource.of(KIND, namespace(), name());
                settle(fresh);
                registry.create(fresh);
                return;
            }
            registry.change(CONFIG_MAPS, namespace(), name(), object -> {
                settle(object);
                return object;
            });
        } catch (FaultException race) {
            // Its next change brings us here again.
            if (!(race.fault() instanceof Fault.AlreadyExists) && !(race.fault() instanceof Fault.NotFound)) {
                throw race;
            }
        }
    }

    private void settle(Resource object) {
        var data = new TreeMap<>(object.texts("data"));
        lists.forEach((key, names) -> data.merge(key, list(names), ExtensionAuthentication::union));
        certificates.forEach((key, pem) -> data.put(key, valid(data.getOrDefault(key, "") + "\n" + pem.get())));
        if (!data.equals(object.texts("data"))) {
            var fresh = object.tree().putObject("data");
            data.forEach(fresh::put);
        }
    }

    private static String union(String there, String ours) {
        var all = new LinkedHashSet<String>();
        for (String text : List.of(there, ours)) {
            try {
                for (JsonNode one : Json.parse(text)) {
                    all.add(one.asString(""));
                }
            } catch (Json.MalformedException broken) {
                // What nobody can read, nobody misses.
            }
        }
        return list(all);
    }

    private static String list(Set<String> names) {
        ArrayNode array = Json.array();
        names.forEach(array::add);
        return new String(Json.bytes(array), StandardCharsets.UTF_8);
    }

    /// The certificates of `pem`, each once, without those that have expired.
    private String valid(String pem) {
        Instant earliest = time.now().minus(SLACK);
        var text = new StringBuilder();
        for (X509Certificate certificate : new LinkedHashSet<>(read(pem))) {
            if (certificate.getNotAfter().toInstant().isAfter(earliest)) {
                try {
                    text.append("-----BEGIN CERTIFICATE-----\n")
                            .append(LINES.encodeToString(certificate.getEncoded()))
                            .append("\n-----END CERTIFICATE-----\n");
                } catch (CertificateException broken) {
                    throw new IllegalStateException("a certificate that was read cannot be written", broken);
                }
            }
        }
        return text.toString();
    }

    private static List<X509Certificate> read(String pem) {
        var all = new ArrayList<X509Certificate>();
        int at = pem.indexOf("-----BEGIN CERTIFICATE-----");
        while (at >= 0) {
            int next = pem.indexOf("-----BEGIN CERTIFICATE-----", at + 1);
            String one = next < 0 ? pem.substring(at) : pem.substring(at, next);
            try {
                all.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(one.getBytes(StandardCharsets.US_ASCII))));
            } catch (CertificateException broken) {
                // Whoever put it there gets nothing by it.
            }
            at = next;
        }
        return all;
    }
}
