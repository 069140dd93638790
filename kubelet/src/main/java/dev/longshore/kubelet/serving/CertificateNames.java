package dev.longshore.kubelet.serving;

import dev.longshore.model.UserInfo;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/// Reads users from certificates: the common name is theirs, each organization a group.
final class CertificateNames {

    private CertificateNames() {}

    /// Empty for a certificate that names nobody.
    static Optional<UserInfo> user(X509Certificate certificate) {
        X500Principal subject = certificate.getSubjectX500Principal();
        List<String> names = values(subject, "CN");
        if (names.isEmpty()) {
            return Optional.empty();
        }
        var groups = new ArrayList<>(values(subject, "O"));
        groups.add("system:authenticated");
        return Optional.of(new UserInfo(names.getFirst(), "", groups, Map.of()));
    }

    private static List<String> values(X500Principal subject, String type) {
        try {
            var found = new ArrayList<String>();
            for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                var attribute = rdn.toAttributes().get(type);
                for (int i = 0; attribute != null && i < attribute.size(); i++) {
                    found.add(String.valueOf(attribute.get(i)));
                }
            }
            return found;
        } catch (NamingException unreadable) {
            // Whoever cannot be named is nobody in particular.
            return List.of();
        }
    }
}
