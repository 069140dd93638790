package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// A Job against a store that keeps versions, by a controller that may stop between any two writes, and that
/// sees pods and Job late, each by itself.
class JobCountingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final int PODS = 12;
    private static final int MOST_STEPS = 2000;

    @Property(tries = 300)
    void everyPodThatEndsIsCountedOnceWhereverTheControllerStops(@ForAll long seed) {
        var world = new World(new Random(seed));

        for (int step = 0; step < MOST_STEPS && !world.isSettled(); step++) {
            world.step();
        }

        JobStatus status = world.job.getStatus();
        assertThat(orZero(status.getSucceeded())).isEqualTo(world.succeeded);
        assertThat(orZero(status.getFailed())).isEqualTo(world.failed);
        assertThat(status.getUncountedTerminatedPods().getFailed()).isEmpty();
        assertThat(status.getUncountedTerminatedPods().getSucceeded()).isEmpty();
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class World {
        private final Random random;
        private final Map<String, Pod> pods = new LinkedHashMap<>();
        private Job job;
        private long version = 1;
        private int made;
        private int succeeded;
        private int failed;
        private JobMemory memory = new JobMemory();
        private Job seenJob;
        private List<Pod> seenPods = List.of();

        World(Random random) {
            this.random = random;
            this.job = new JobBuilder()
                    .withNewMetadata()
                    .withNamespace("default")
                    .withName("work")
                    .withUid("uid-work")
                    .withResourceVersion("1")
                    .endMetadata()
                    .withNewSpec()
                    .withCompletions(1000)
                    .withParallelism(0)
                    .withBackoffLimit(1000)
                    .withNewTemplate()
                    .withNewSpec()
                    .withRestartPolicy("Never")
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build();
            this.seenJob = job;
        }

        boolean isSettled() {
            return made == PODS && pods.isEmpty() && seenPods.isEmpty() && seenJob == job && isCounted();
        }

        private boolean isCounted() {
            var uncounted = job.getStatus() == null ? null : job.getStatus().getUncountedTerminatedPods();
            return uncounted != null
                    && uncounted.getSucceeded().isEmpty()
                    && uncounted.getFailed().isEmpty();
        }

        void step() {
            live();
            if (random.nextInt(3) > 0) {
                seenPods = List.copyOf(pods.values());
            }
            if (random.nextInt(3) > 0) {
                seenJob = job;
            }
            try {
                look();
            } catch (Stopped stopped) {
                // A new process lists both anew, the Job after the pods.
                memory = new JobMemory();
                seenPods = List.copyOf(pods.values());
                live();
                seenJob = job;
            }
        }

        /// Pods start, end, are deleted by somebody, and go when nothing holds them.
        private void live() {
            if (made < PODS && random.nextInt(2) == 0) {
                String name = "p" + made++;
                put(Samples.pod(name, "10.0.0.1")
                        .editMetadata()
                        .addToFinalizers(JobPods.FINALIZER)
                        .endMetadata()
                        .build());
            }
            for (Pod pod : List.copyOf(pods.values())) {
                boolean isRunning = Pods.phase(pod).equals("Running");
                if (isRunning && !Keys.isBeingDeleted(pod) && random.nextInt(4) == 0) {
                    boolean succeeds = random.nextBoolean();
                    succeeded += succeeds ? 1 : 0;
                    failed += succeeds ? 0 : 1;
                    put(new PodBuilder(pod)
                            .editStatus()
                            .withPhase(succeeds ? "Succeeded" : "Failed")
                            .endStatus()
                            .build());
                } else if (!Keys.isBeingDeleted(pod) && random.nextInt(10) == 0) {
                    failed += isRunning ? 1 : 0;
                    put(new PodBuilder(pod)
                            .editMetadata()
                            .withDeletionTimestamp(NOW.toString())
                            .endMetadata()
                            .build());
                } else if (Keys.isBeingDeleted(pod) && !JobPods.isTracked(pod)) {
                    pods.remove(pod.getMetadata().getName());
                } else if (made == PODS && !isRunning && !JobPods.isTracked(pod)) {
                    pods.remove(pod.getMetadata().getName());
                }
            }
        }

        private void put(Pod pod) {
            pods.put(pod.getMetadata().getName(), pod);
        }

        /// What [JobController] does with Job and pods as it sees them.
        private void look() {
            JobMemory.Entry known = memory.of("default/work", "uid-work");
            if (known.isAheadOf(seenJob)) {
                return;
            }
            List<Pod> shown = known.isChecked()
                    ? seenPods
                    : seenPods.stream()
                            .map(pod -> pods.get(pod.getMetadata().getName()))
                            .filter(java.util.Objects::nonNull)
                            .toList();
            known.checked();
            List<Pod> seen = known.asReleased(shown);
            JobPlan plan = JobPlan.of(seenJob, seen, true, known.backoff(), NOW);
            JobTracking tracking = JobTracking.of(seenJob, seen, plan, JobTracking.Done.NOTHING, true, NOW);
            mayStop();
            if (!tracking.status().equals(seenJob.getStatus())) {
                if (seenJob != job) {
                    return;
                }
                job = new JobBuilder(job)
                        .withStatus(tracking.status())
                        .editMetadata()
                        .withResourceVersion(String.valueOf(++version))
                        .endMetadata()
                        .build();
                known.wrote(job, plan.backoff());
                mayStop();
            }
            for (Pod pod : new ArrayList<>(tracking.release())) {
                Pod stored = pods.get(pod.getMetadata().getName());
                if (stored != null) {
                    put(new PodBuilder(stored)
                            .editMetadata()
                            .withFinalizers()
                            .endMetadata()
                            .build());
                }
                known.released(pod);
                mayStop();
            }
        }

        private void mayStop() {
            if (random.nextInt(6) == 0) {
                throw new Stopped();
            }
        }
    }
}
