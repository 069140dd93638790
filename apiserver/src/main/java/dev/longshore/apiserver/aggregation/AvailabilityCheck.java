package dev.longshore.apiserver.aggregation;

import dev.longshore.http.Headers;
import dev.longshore.model.Registry;
import dev.longshore.model.ServiceRouter;
import dev.longshore.model.ServiceRouter.Obstacle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

/// Finds out whether requests can be led to who serves an APIService: by what the cluster knows of the Service,
/// then by asking for its discovery, several times at once, since some of its servers may be down.
final class AvailabilityCheck {

    private static final int ATTEMPTS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 8 << 20;

    private final ServiceRouter router;
    private final Registry registry;
    private final ExtensionClient client;

    AvailabilityCheck(ServiceRouter router, Registry registry, ExtensionClient client) {
        this.router = router;
        this.registry = registry;
        this.client = client;
    }

    AvailableCondition of(ApiRegistration registration) throws InterruptedException {
        if (registration.isLocal()) {
            return AvailableCondition.LOCAL;
        }
        Optional<Obstacle> obstacle =
                router.obstacle(registry, registration.destination().orElseThrow());
        if (obstacle.isPresent()) {
            return AvailableCondition.failed(
                    obstacle.get().reason(), obstacle.get().message());
        }
        return asked(registration);
    }

    /// One that answers is enough.
    private AvailableCondition asked(ApiRegistration registration) throws InterruptedException {
        var outcomes = new LinkedBlockingQueue<String>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < ATTEMPTS; i++) {
            threads.add(Thread.ofVirtual()
                    .name("availability " + registration.name())
                    .start(() -> outcomes.add(problem(registration))));
        }
        try {
            String last = "";
            for (int i = 0; i < ATTEMPTS; i++) {
                last = outcomes.take();
                if (last.isEmpty()) {
                    return AvailableCondition.PASSED;
                }
            }
            return AvailableCondition.failed("FailedDiscoveryCheck", last);
        } finally {
            threads.forEach(Thread::interrupt);
        }
    }

    /// Empty if all is well.
    private String problem(ApiRegistration registration) {
        try {
            var answer = client.ask(
                    registration,
                    new ExtensionClient.Question(
                            ExtensionClient.As.MASTER, registration.path(), Headers.EMPTY, LIMIT, MOST_BYTES));
            boolean isGood = answer.status() >= 200 && answer.status() <= 299;
            return isGood ? "" : badStatus(answer);
        } catch (ExtensionClient.NoAnswerException silent) {
            return silent.getMessage();
        } catch (InterruptedException given) {
            Thread.currentThread().interrupt();
            return "given up";
        } catch (RuntimeException bug) {
            return String.valueOf(bug.getMessage());
        }
    }

    private static String badStatus(ExtensionClient.Answer answer) {
        return "failing or missing response from %s: bad status from %s: %d"
                .formatted(answer.url(), answer.url(), answer.status());
    }
}
