package dev.longshore.journeys.chaos;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/// Stands for scheduler and nodes: pods are ready soon after they come; those of Jobs end, well or not.
final class PodRunner {

    private final KubernetesClient client;
    private final String namespace;
    private final Random random;
    private final Map<String, Integer> succeeded = new HashMap<>();
    private final Map<String, Integer> failed = new HashMap<>();

    PodRunner(KubernetesClient client, String namespace, Random random) {
        this.client = client;
        this.namespace = namespace;
        this.random = random;
    }

    /// Lets every pod live a little.
    void live() {
        for (Pod pod : client.pods().inNamespace(namespace).list().getItems()) {
            try {
                live(pod);
            } catch (KubernetesClientException changed) {
                // It was changed or has gone meanwhile: the next time will see.
            }
        }
    }

    /// How many pods of `job` ended well.
    int succeeded(String job) {
        return succeeded.getOrDefault(job, 0);
    }

    int failed(String job) {
        return failed.getOrDefault(job, 0);
    }

    /// How many pods of all Jobs ended well.
    int succeeded() {
        return succeeded.values().stream().mapToInt(Integer::intValue).sum();
    }

    int failed() {
        return failed.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void live(Pod pod) {
        String phase = pod.getStatus().getPhase();
        boolean isDeleted = pod.getMetadata().getDeletionTimestamp() != null;
        if (phase.equals("Pending") && !isDeleted && random.nextInt(3) > 0) {
            become(pod, "Running", true);
        } else if (phase.equals("Running") && !isDeleted && random.nextInt(4) == 0) {
            String job = pod.getMetadata().getLabels().get("job-name");
            if (job != null) {
                boolean isWell = random.nextInt(4) > 0;
                become(pod, isWell ? "Succeeded" : "Failed", false);
                (isWell ? succeeded : failed).merge(job, 1, Integer::sum);
            }
        }
    }

    private void become(Pod pod, String phase, boolean isReady) {
        String now = Instant.ofEpochSecond(Time.system().now().getEpochSecond()).toString();
        client.resource(new PodBuilder(pod)
                        .editStatus()
                        .withPhase(phase)
                        .withConditions()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(isReady ? "True" : "False")
                        .withLastTransitionTime(now)
                        .endCondition()
                        .endStatus()
                        .build())
                .updateStatus();
    }
}
