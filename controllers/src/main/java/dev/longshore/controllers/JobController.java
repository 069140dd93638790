package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import dev.longshore.client.WorkQueue;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runs the pods of Jobs to completion: does what [JobPlan] says, then writes what [JobTracking] says.
final class JobController implements Reconciler {

    static final String NAME = "job-controller";

    /// Begins the keys of pods whose Job is gone.
    private static final String LOST = "pod:";

    private static final String OURSELVES = "kubernetes.io/job-controller";
    private static final int WORKERS = 5;

    /// What pods do is gathered for so long before a Job is looked at.
    private static final Duration BATCH = Duration.ofSeconds(1);

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final WrittenVersions written;
    private final Claims claims;
    private final JobPodWrites writes;
    private final JobMemory memory = new JobMemory();

    private JobController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.expectations = new Expectations(context.time());
        this.written = new WrittenVersions(informers);
        this.claims = new Claims(client, JobPods.FINALIZER, written);
        this.writes = new JobPodWrites(client, new PodWrites(client, events, expectations, written), written);
    }

    static Controller create(ControllerContext context) {
        var controller = new JobController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().of(Job.class).addEventHandler(controller.new Changes(loop.queue()));
        context.informers().onChange(Pod.class, pod -> {
            if (controller.isLost(pod)) {
                loop.queue().add(LOST + Keys.of(pod));
            }
        });
        context.informers()
                .of(Pod.class)
                .addEventHandler(new ChildEvents(
                        "Job",
                        controller.expectations,
                        key -> loop.queue().addAfter(key, BATCH),
                        controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (key.startsWith(LOST)) {
            informers
                    .find(Pod.class, key.substring(LOST.length()))
                    .filter(this::isLost)
                    .ifPresent(pod -> writes.release(pod));
            return Outcome.done();
        }
        Optional<Duration> wait = written.untilSeen(key);
        if (wait.isPresent()) {
            return new Outcome.RetryAfter(wait.get());
        }
        Optional<Job> found = informers.find(Job.class, key);
        if (found.isEmpty()) {
            memory.forget(key);
            written.forget(key);
            return Outcome.done();
        }
        Job job = found.get();
        if (!Objects.requireNonNullElse(job.getSpec().getManagedBy(), OURSELVES).equals(OURSELVES)) {
            return Outcome.done();
        }
        if (JobConditions.isFinished(job)) {
            memory.forget(key);
            informers.controlledBy(Pod.class, job.getMetadata().getUid()).forEach(pod -> writes.release(job, pod));
            return Outcome.done();
        }
        if (job.getSpec().getSelector() == null) {
            // Its pods could not be told from others: they would be made again and again.
            return new Outcome.GiveUp("it has no selector");
        }
        JobMemory.Entry known = memory.of(key, job.getMetadata().getUid());
        // What is newer comes with an event.
        return known.isAheadOf(job) ? Outcome.done() : reconcile(job, known);
    }

    private Outcome reconcile(Job job, JobMemory.Entry known) {
        boolean isUpToDate = expectations.areMet(job.getMetadata().getUid());
        List<Pod> pods = known.asReleased(compared(
                job, known, claims.claim(job, job.getSpec().getSelector(), informers.ownOrOrphaned(Pod.class, job))));
        Instant now = context.time().now();
        JobPlan plan = JobPlan.of(job, pods, isUpToDate, known.backoff(), now);
        JobPodWrites.Result result = writes.carryOut(job, plan.step(), known::released);
        JobTracking tracking = JobTracking.of(job, pods, plan, result.done(), isUpToDate, now);
        if (!Objects.equals(tracking.status(), job.getStatus())) {
            Job after = client.resource(
                            new JobBuilder(job).withStatus(tracking.status()).build())
                    .updateStatus();
            known.wrote(after, plan.backoff());
            announce(job, after);
        }
        Optional<KubernetesClientException> unreleased = writes.release(job, tracking.release(), known::released);
        Optional<KubernetesClientException> failure = result.failure().or(() -> unreleased);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return plan.again()
                .<Outcome>map(again -> new Outcome.RetryAfter(again.plusMillis(1)))
                .orElseGet(Outcome::done);
    }

    /// Pods and Jobs are listed one after the other when this process starts: a pod may be shown as it was before
    /// it was counted. So the first time that pods of a Job have ended, the server is asked.
    private List<Pod> compared(Job job, JobMemory.Entry known, List<Pod> pods) {
        boolean mayMislead =
                !known.isChecked() && pods.stream().anyMatch(pod -> JobPods.isTracked(pod) && !Pods.isActive(pod));
        if (!mayMislead) {
            return pods;
        }
        Map<String, Pod> stored = client
                .pods()
                .inNamespace(job.getMetadata().getNamespace())
                .withLabelSelector(job.getSpec().getSelector())
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(pod -> pod.getMetadata().getUid(), Function.identity()));
        known.checked();
        return pods.stream()
                .map(pod -> stored.get(pod.getMetadata().getUid()))
                .filter(Objects::nonNull)
                .toList();
    }

    private void announce(Job before, Job after) {
        JobConditions.finished(after).ifPresent(condition -> {
            if (!condition.getType().equals(JobConditions.COMPLETE)) {
                events.event(after, EventRecorder.Type.WARNING, condition.getReason(), condition.getMessage());
                return;
            }
            Integer completions = after.getSpec().getCompletions();
            Integer succeeded = after.getStatus().getSucceeded();
            if (completions != null && succeeded != null && succeeded > completions) {
                events.event(
                        after,
                        EventRecorder.Type.WARNING,
                        "TooManySucceededPods",
                        "Too many succeeded pods running after completion count reached");
            }
            events.event(after, EventRecorder.Type.NORMAL, "Completed", "Job completed");
        });
        boolean was = JobConditions.isTrue(before.getStatus(), JobConditions.SUSPENDED);
        boolean is = JobConditions.isTrue(after.getStatus(), JobConditions.SUSPENDED);
        if (was != is) {
            events.event(
                    after,
                    EventRecorder.Type.NORMAL,
                    is ? "Suspended" : "Resumed",
                    is ? "Job suspended" : "Job resumed");
        }
    }

    /// A pod that nobody will count any more: without its finalizer it could never be deleted.
    private boolean isLost(Pod pod) {
        return JobPods.isTracked(pod)
                && Keys.controller(pod)
                        .map(owner -> owner.getKind().equals("Job")
                                && informers
                                        .find(
                                                Job.class,
                                                Keys.of(pod.getMetadata().getNamespace(), owner.getName()))
                                        .filter(job ->
                                                job.getMetadata().getUid().equals(owner.getUid()))
                                        .isEmpty())
                        .orElse(true);
    }

    /// Which Jobs might adopt `pod`.
    private List<String> orphaned(Pod pod) {
        return informers.in(Job.class, pod.getMetadata().getNamespace()).stream()
                .filter(job -> Selectors.matches(
                        job.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .map(Keys::of)
                .toList();
    }

    /// A Job is looked at at once when what it asks for has changed, else together with what its pods do meanwhile.
    private final class Changes implements ResourceEventHandler<Job> {

        private final WorkQueue queue;

        Changes(WorkQueue queue) {
            this.queue = queue;
        }

        @Override
        public void onAdd(Job job) {
            queue.add(Keys.of(job));
        }

        @Override
        public void onUpdate(Job old, Job job) {
            boolean isAsked = !Objects.equals(
                    old.getMetadata().getGeneration(), job.getMetadata().getGeneration());
            if (isAsked || JobConditions.isFinished(job)) {
                queue.add(Keys.of(job));
            } else {
                queue.addAfter(Keys.of(job), BATCH);
            }
        }

        @Override
        public void onDelete(Job job, boolean isStateUnknown) {
            queue.add(Keys.of(job));
            informers.controlledBy(Pod.class, job.getMetadata().getUid()).stream()
                    .filter(JobController.this::isLost)
                    .forEach(pod -> queue.add(LOST + Keys.of(pod)));
        }
    }
}
