package dev.longshore.journeys;

import static dev.longshore.journeys.HollowNamespace.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// ServiceAccounts as objects.
@ExtendWith(HollowShared.class)
@Order(14)
class ServiceAccountJourneyTest {

    private static final String ACCOUNT = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %s, labels: {journey: accounts}}
            """;

    private static HollowNamespace namespace;

    @BeforeAll
    static void begin() {
        namespace = HollowNamespace.fresh("accounts");
    }

    @AfterAll
    static void end() {
        namespace.close();
    }

    @Test
    void itsLifeIsWatched() {
        var heard = new Heard();
        Watch watch = namespace
                .client()
                .serviceAccounts()
                .inNamespace(namespace.name())
                .withLabel("journey", "accounts")
                .watch(heard);
        try {
            namespace.create(ACCOUNT.formatted("watched"), ServiceAccount.class);
            namespace.edit(ServiceAccount.class, "watched", account -> {
                account.setAutomountServiceAccountToken(false);
                return account;
            });
            assertThat(namespace
                            .client()
                            .serviceAccounts()
                            .inAnyNamespace()
                            .withLabel("journey", "accounts")
                            .list()
                            .getItems())
                    .extracting(account -> account.getMetadata().getName())
                    .contains("watched");
            namespace
                    .client()
                    .serviceAccounts()
                    .inNamespace(namespace.name())
                    .withLabel("journey", "accounts")
                    .delete();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(heard.told)
                            .containsSubsequence(
                                    "ADDED watched null", "MODIFIED watched false", "DELETED watched false"));
        } finally {
            watch.close();
        }
    }

    @Test
    void itIsReplacedByWhoeverReadItLast() {
        namespace.create(ACCOUNT.formatted("updated").replace("journey: accounts", "other: x"), ServiceAccount.class);

        namespace.edit(ServiceAccount.class, "updated", account -> {
            account.getMetadata().setLabels(Map.of("other", "y"));
            account.setAutomountServiceAccountToken(true);
            return account;
        });

        ServiceAccount now = namespace.stored(ServiceAccount.class, "updated");
        assertThat(now.getMetadata().getLabels()).isEqualTo(Map.of("other", "y"));
        assertThat(now.getAutomountServiceAccountToken()).isTrue();
    }

    @Test
    void theOneThatEveryNamespaceHasComesBack() {
        String uid =
                namespace.stored(ServiceAccount.class, "default").getMetadata().getUid();

        namespace
                .client()
                .serviceAccounts()
                .inNamespace(namespace.name())
                .withName("default")
                .delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(namespace.stored(ServiceAccount.class, "default"))
                        .isNotNull()
                        .matches(account -> !account.getMetadata().getUid().equals(uid)));
    }

    /// What a watch told, with what each account says of its token.
    private static final class Heard implements Watcher<ServiceAccount> {
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void eventReceived(Action action, ServiceAccount account) {
            told.add(action + " " + account.getMetadata().getName() + " " + account.getAutomountServiceAccountToken());
        }

        @Override
        public void onClose(WatcherException cause) {
            // The test ends.
        }
    }
}
