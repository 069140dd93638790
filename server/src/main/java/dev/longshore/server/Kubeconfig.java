package dev.longshore.server;

import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/// What stands in kubeconfig files.
final class Kubeconfig {

    private Kubeconfig() {}

    /// The text that leads `user` to `server`.
    ///
    /// @param cluster the name of cluster, user and context
    static String text(String cluster, String server, X509Certificate authority, Identity user) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s
                users:
                - name: %1$s-admin
                  user:
                    client-certificate-data: %4$s
                    client-key-data: %5$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s-admin
                current-context: %1$s
                """.formatted(
                        cluster,
                        server,
                        base64(Pem.of(List.of(authority))),
                        base64(Pem.of(user.chain())),
                        base64(Pem.of(user.key())));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
