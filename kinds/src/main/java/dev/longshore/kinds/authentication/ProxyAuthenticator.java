package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.ExtraKey;
import dev.longshore.model.UserInfo;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/// Believes an authenticating proxy, known by its certificate, who asks: its headers say it.
public final class ProxyAuthenticator implements Authenticator {

    private final VouchedChain vouched;
    private final ProxyHeaders headers;

    /// @param vouched who vouches for proxies, and must vouch for nobody else
    public ProxyAuthenticator(VouchedChain vouched, ProxyHeaders headers) {
        this.vouched = vouched;
        this.headers = headers;
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        if (credentials.certificates().isEmpty()) {
            return new Verdict.NotMine();
        }
        try {
            vouched.require(credentials.certificates());
            requireName(credentials.certificates().getFirst());
        } catch (Refusal refused) {
            return new Verdict.Rejected(refused.getMessage());
        }
        Optional<String> name = first(credentials, headers.users());
        if (name.isEmpty()) {
            return new Verdict.NotMine();
        }
        List<String> groups = headers.groups().stream()
                .flatMap(header -> values(credentials, header).stream())
                .filter(group -> !group.isEmpty())
                .toList();
        return new Verdict.Known(
                new UserInfo(name.get(), first(credentials, headers.uids()).orElse(""), groups, extra(credentials)));
    }

    private void requireName(X509Certificate leaf) throws Refusal {
        if (headers.names().isEmpty()) {
            return;
        }
        String name = "";
        for (RDN part : X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded())
                .getRDNs(BCStyle.CN)) {
            name = IETFUtils.valueToString(part.getFirst().getValue());
        }
        if (!headers.names().contains(name)) {
            throw new Refusal("x509: subject with cn=" + name + " is not in the allowed list");
        }
    }

    private static Optional<String> first(Credentials credentials, List<String> names) {
        return names.stream()
                .flatMap(name -> values(credentials, name).stream().limit(1))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    private static List<String> values(Credentials credentials, String header) {
        return credentials.headers().getOrDefault(header.toLowerCase(Locale.ROOT), List.of());
    }

    private Map<String, List<String>> extra(Credentials credentials) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (String prefix : headers.extras()) {
            String lower = prefix.toLowerCase(Locale.ROOT);
            credentials.headers().forEach((name, values) -> {
                if (name.startsWith(lower)) {
                    extra.computeIfAbsent(
                                    ExtraKey.unescaped(name.substring(lower.length())), unseen -> new ArrayList<>())
                            .addAll(values);
                }
            });
        }
        return extra;
    }
}
