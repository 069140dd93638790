package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authentication.X509Authenticator;
import dev.longshore.model.Authenticator;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class X509AuthenticatorTest {

    /// O=developers, O=operators, CN=alice; for clients.
    private static final String ALICE = """
            -----BEGIN CERTIFICATE-----
            MIIB3TCCAYSgAwIBAgIULcTp5V9ZieYVnp/y0nxnEKE+J4wwCgYIKoZIzj0EAwIw
            OTETMBEGA1UECgwKZGV2ZWxvcGVyczESMBAGA1UECgwJb3BlcmF0b3JzMQ4wDAYD
            VQQDDAVhbGljZTAgFw0yNjExMjQxODA4NTJaGA8yMTI2MTAzMTE4MDg1MlowOTET
            MBEGA1UECgwKZGV2ZWxvcGVyczESMBAGA1UECgwJb3BlcmF0b3JzMQ4wDAYDVQQD
            DAVhbGljZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNusrLyCJM5k7o5gOXwY
            dbuSf6SKf0eTu1KLC9d+n8bS5hNGeTpxwpbV8ecFzVlI4Ch+rTzmyo2fKZ2umgdD
            qCOjaDBmMB0GA1UdDgQWBBRUunijPqGYYl+T2GxVwIr3U+rx7DAfBgNVHSMEGDAW
            gBRUunijPqGYYl+T2GxVwIr3U+rx7DAPBgNVHRMBAf8EBTADAQH/MBMGA1UdJQQM
            MAoGCCsGAQUFBwMCMAoGCCqGSM49BAMCA0cAMEQCIE5Ojqzm+x9Ix4Cdd+BDGDy+
            Im9VuXa2blUY2cv99WcAAiB4PHT2zUGFTWnW0B/GHCZOoYY+row9pVAyAM3ttIXf
            jA==
            -----END CERTIFICATE-----
            """;

    /// CN=server; for servers only.
    private static final String SERVER = """
            -----BEGIN CERTIFICATE-----
            MIIBjDCCATSgAwIBAgIUUbtr0lRK4tBoV6xTug+ypIWCDe0wCgYIKoZIzj0EAwIw
            ETEPMA0GA1UEAwwGc2VydmVyMCAXDTI2MTEyNDE4MDg1MloYDzIxMjYxMDMxMTgw
            ODUyWjARMQ8wDQYDVQQDDAZzZXJ2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AARD31Y1BULhMqdfGk5GHcJEDATAV50f1UbW0AX712jaGO15FvszDxUVHnToFbsu
            NhEKed+JRaA95yD08N+ZETJvo2gwZjAdBgNVHQ4EFgQUsSpg48xgiGzXuGGQMEt3
            q3PLdj0wHwYDVR0jBBgwFoAUsSpg48xgiGzXuGGQMEt3q3PLdj0wDwYDVR0TAQH/
            BAUwAwEB/zATBgNVHSUEDDAKBggrBgEFBQcDATAKBggqhkjOPQQDAgNGADBDAh9D
            UP0bEZcuA4HRNaCjqAM4i+6qeCqFSVmNtxM81KhGAiAsAAT0IRJdvr19ke3J5YxO
            rCIxi8u4THlp4QACK6RrQA==
            -----END CERTIFICATE-----
            """;

    private static Authenticator.Verdict verdict(List<String> chain) throws CertificateException {
        var factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<X509Certificate>();
        for (String text : chain) {
            certificates.add(
                    (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(text.getBytes(UTF_8))));
        }
        return new X509Authenticator()
                .authenticate(new Authenticator.Credentials(Optional.empty(), certificates, Map.of()));
    }

    @Test
    void theCommonNameIsTheUserAndOrganizationsAreGroups() throws CertificateException {
        assertThat(verdict(List.of(ALICE))).isInstanceOfSatisfying(Authenticator.Verdict.Known.class, known -> {
            assertThat(known.user().name()).isEqualTo("alice");
            assertThat(known.user().groups())
                    .containsExactlyInAnyOrder("developers", "operators", "system:authenticated");
        });
    }

    @Test
    void serversAreNoClients() throws CertificateException {
        assertThat(verdict(List.of(SERVER))).isInstanceOf(Authenticator.Verdict.Rejected.class);
    }

    @Test
    void withoutCertificateOthersAreAsked() throws CertificateException {
        assertThat(verdict(List.of())).isInstanceOf(Authenticator.Verdict.NotMine.class);
    }
}
