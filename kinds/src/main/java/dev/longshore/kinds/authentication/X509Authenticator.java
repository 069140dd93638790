package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.UserInfo;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Knows clients by their certificates: the common name is the user, each organization a group. TLS has checked
/// the chain before.
public final class X509Authenticator implements Authenticator {

    @Override
    public Verdict authenticate(Credentials credentials) {
        if (credentials.certificates().isEmpty()) {
            return new Verdict.NotMine();
        }
        X509Certificate leaf = credentials.certificates().getFirst();
        if (!isForClients(leaf)) {
            return new Verdict.Rejected("x509: certificate specifies an incompatible key usage");
        }
        String user = "";
        var groups = new ArrayList<String>();
        try {
            for (Rdn part : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
                var attributes = part.toAttributes().getAll();
                while (attributes.hasMoreElements()) {
                    var attribute = attributes.nextElement();
                    String value = attribute.get().toString();
                    switch (attribute.getID().toUpperCase(Locale.ROOT)) {
                        case "CN" -> user = value;
                        case "O" -> groups.add(value);
                        default -> {
                            // Country, place and the like say nothing about rights.
                        }
                    }
                }
            }
        } catch (NamingException unreadable) {
            return new Verdict.Rejected("the certificate's subject cannot be read");
        }
        if (user.isEmpty()) {
            return new Verdict.NotMine();
        }
        groups.add("system:authenticated");
        return new Verdict.Known(new UserInfo(user, "", groups, Map.of()));
    }

    private static boolean isForClients(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null || usages.contains("1.3.6.1.5.5.7.3.2") || usages.contains("2.5.29.37.0");
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }
}
