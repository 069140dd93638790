package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Tells the API server where pods go, several at once, so that the next decision need not wait for the store,
/// and first has provided what they need there. When all hands are busy, whoever hands in a binding waits.
final class Binder implements AutoCloseable {

    private static final int MOST_AT_ONCE = 32;
    private static final int MOST_PREPARING = 1000;
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final Semaphore hands = new Semaphore(MOST_AT_ONCE);
    private final Semaphore preparing = new Semaphore(MOST_PREPARING);
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("bindings-", 0).factory());

    Binder(KubernetesClient client) {
        this.client = client;
    }

    /// What came of it; called once, on another thread.
    interface Answer {
        /// `pod` is bound.
        void bound(PodView pod, String node);

        /// It is not.
        void failed(PodView pod, RuntimeException why);
    }

    /// Binds `pod` to `node`.
    void bind(PodView pod, String node, Answer answer) throws InterruptedException {
        hands.acquire();
        workers.execute(() -> written(pod, node, answer));
    }

    /// Binds `pod` to `node` once what it needs there is provided, for which others have to work.
    ///
    /// @return false, and nothing was begun, if too many are being prepared
    boolean bind(PodView pod, String node, PreBind.Preparation preparation, Answer answer) {
        if (!preparing.tryAcquire()) {
            return false;
        }
        workers.execute(() -> prepared(pod, node, preparation, answer));
        return true;
    }

    private void prepared(PodView pod, String node, PreBind.Preparation preparation, Answer answer) {
        try {
            preparation.carryOut();
            hands.acquire();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException failed) {
            answer.failed(pod, failed);
            return;
        } finally {
            preparing.release();
        }
        written(pod, node, answer);
    }

    /// Gives the hand back that it was given.
    private void written(PodView pod, String node, Answer answer) {
        try {
            write(pod, node);
        } catch (RuntimeException refused) {
            answer.failed(pod, refused);
            return;
        } finally {
            hands.release();
        }
        answer.bound(pod, node);
    }

    private void write(PodView pod, String node) {
        client.raw(
                "/api/v1/namespaces/%s/pods/%s/binding".formatted(pod.namespace(), pod.name()),
                "POST",
                new BindingBuilder()
                        .withNewMetadata()
                        .withNamespace(pod.namespace())
                        .withName(pod.name())
                        .withUid(pod.uid())
                        .endMetadata()
                        .withNewTarget()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node)
                        .endTarget()
                        .build());
    }

    /// Lets bindings under way end, for a few seconds; what is being prepared is left.
    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(JOIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
