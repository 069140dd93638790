package dev.longshore.kubelet.serving;

import dev.longshore.http.Filter;
import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/// Lets in who shows a client certificate of the API server's or of a cluster administrator's, and nobody else.
/// That the certificate is of the cluster's own authority has been seen to by TLS.
public final class CertificateGate implements Filter {

    private static final String ADMINISTRATORS = "system:masters";
    private static final String API_SERVER = "kube-apiserver-kubelet-client";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    @Override
    public Response handle(Request request, Handler next) throws IOException, InterruptedException {
        List<X509Certificate> chain = request.peer().certificates();
        if (chain.isEmpty()) {
            return Response.text(UNAUTHORIZED, "Unauthorized");
        }
        X500Principal subject = chain.getFirst().getSubjectX500Principal();
        if (names(subject, "O").contains(ADMINISTRATORS) || names(subject, "CN").contains(API_SERVER)) {
            return next.handle(request);
        }
        return Response.text(
                FORBIDDEN,
                "Forbidden (user=%s, resource=nodes, subresource=proxy)"
                        .formatted(String.join(",", names(subject, "CN"))));
    }

    private static List<String> names(X500Principal subject, String type) {
        try {
            return new LdapName(subject.getName(X500Principal.RFC2253))
                    .getRdns().stream().flatMap(rdn -> values(rdn, type)).toList();
        } catch (InvalidNameException unreadable) {
            // Whoever cannot be named is nobody in particular.
            return List.of();
        }
    }

    private static java.util.stream.Stream<String> values(Rdn rdn, String type) {
        var found = new java.util.ArrayList<String>();
        try {
            var attribute = rdn.toAttributes().get(type);
            for (int i = 0; attribute != null && i < attribute.size(); i++) {
                found.add(String.valueOf(attribute.get(i)));
            }
        } catch (javax.naming.NamingException unreadable) {
            return java.util.stream.Stream.empty();
        }
        return found.stream();
    }
}
