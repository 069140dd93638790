package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kinds.authentication.VouchedChain;
import dev.longshore.kinds.authentication.X509Authenticator;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class X509AuthenticatorTest {

    private static final String UID = "1.3.6.1.4.1.57683.2";

    private final ManualTime time = new ManualTime();
    private final ClientAuthority ours = new ClientAuthority("ours", time.now());
    private final ClientAuthority others = new ClientAuthority("others", time.now());
    private final List<X509Certificate> trusted = new ArrayList<>(List.of(ours.certificate));
    private final X509Authenticator authenticator =
            new X509Authenticator(new VouchedChain(() -> List.copyOf(trusted), time));

    private Verdict verdict(List<X509Certificate> chain) {
        return authenticator.authenticate(new Credentials(Optional.empty(), chain, Map.of()));
    }

    private static String why(Verdict verdict) {
        return verdict instanceof Verdict.Rejected(String why) ? why : "not rejected: " + verdict;
    }

    @Test
    void theCommonNameIsTheUserOrganizationsAreGroupsAndAnAttributeIsTheUid() {
        assertThat(verdict(ours.client("O=developers,O=operators,CN=alice," + UID + "=7-7")))
                .isInstanceOfSatisfying(Verdict.Known.class, known -> {
                    assertThat(known.user().name()).isEqualTo("alice");
                    assertThat(known.user().groups()).containsExactly("developers", "operators");
                    assertThat(known.user().uid()).isEqualTo("7-7");
                    assertThat(known.user().extra())
                            .extractingByKey("authentication.kubernetes.io/credential-id")
                            .asInstanceOf(InstanceOfAssertFactories.LIST)
                            .singleElement(InstanceOfAssertFactories.STRING)
                            .matches("X509SHA256=[0-9a-f]{64}");
                });
    }

    @Test
    void oneUidIsEnough() {
        assertThat(why(verdict(ours.client("CN=alice," + UID + "=a," + UID + "=b"))))
                .isEqualTo("expected 1 UID, but found multiple: [a b]");
    }

    @Test
    void whoHasNoNameIsNobody() {
        assertThat(verdict(ours.client("O=developers"))).isEqualTo(new Verdict.NotMine());
        assertThat(verdict(List.of())).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void whoeverNobodyVouchesForIsRejected() {
        assertThat(why(verdict(others.client("CN=alice"))))
                .endsWith("failed: x509: certificate signed by unknown authority");
        trusted.add(others.certificate);
        assertThat(verdict(others.client("CN=alice"))).isInstanceOf(Verdict.Known.class);
        trusted.clear();
        assertThat(verdict(ours.client("CN=alice"))).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void serversAreNoClients() {
        assertThat(why(verdict(ours.server("CN=server"))))
                .endsWith("x509: certificate specifies an incompatible key usage");
    }

    @Test
    void aCertificateHasItsTimeAlsoWhileItIsRemembered() {
        List<X509Certificate> shortly = ours.client("CN=alice", Duration.ofSeconds(30));
        assertThat(verdict(shortly)).isInstanceOf(Verdict.Known.class);

        time.advance(Duration.ofSeconds(31));

        assertThat(why(verdict(shortly))).contains("x509: certificate has expired or is not yet valid: current time");
        assertThat(why(verdict(new ClientAuthority("ours", time.now().plus(Duration.ofDays(9))).client("CN=a"))))
                .contains("is before");
    }

    @Test
    void whoIsNoLongerTrustedIsNotRemembered() {
        List<X509Certificate> alice = ours.client("CN=alice");
        assertThat(verdict(alice)).isInstanceOf(Verdict.Known.class);

        trusted.set(0, others.certificate);

        assertThat(verdict(alice)).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void whatComesBetweenMayBeShownToo() {
        ClientAuthority between = ours.intermediate("between");
        var chain = new ArrayList<>(between.client("CN=alice"));
        assertThat(verdict(chain)).isInstanceOf(Verdict.Rejected.class);

        chain.add(between.certificate);

        assertThat(verdict(chain)).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void aClientIsNoAuthority() {
        var alice = ours.client("CN=alice").getFirst();
        var mallory = new ClientAuthority("alice", time.now());

        assertThat(verdict(List.of(mallory.client("CN=root").getFirst(), alice)))
                .isInstanceOf(Verdict.Rejected.class);
    }
}
