package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Runs the pods of Jobs to completion: does what [JobPlan] says.
final class JobController implements Reconciler {

    static final String NAME = "job-controller";

    /// Begins the keys of pods whose Job is gone.
    private static final String LOST = "pod:";

    private static final String OURSELVES = "kubernetes.io/job-controller";
    private static final int WORKERS = 4;
    private static final int NOT_FOUND = 404;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final PodClaims claims;
    private final PodWrites writes;

    private JobController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.expectations = new Expectations(context.time());
        this.claims = new PodClaims(client);
        this.writes = new PodWrites(client, events, expectations);
    }

    static Controller create(ControllerContext context) {
        var controller = new JobController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().onChange(Job.class, job -> {
            loop.queue().add(Keys.of(job));
            context.informers().controlledBy(Pod.class, job.getMetadata().getUid()).stream()
                    .filter(controller::isLost)
                    .forEach(pod -> loop.queue().add(LOST + Keys.of(pod)));
        });
        context.informers().onChange(Pod.class, pod -> {
            if (controller.isLost(pod)) {
                loop.queue().add(LOST + Keys.of(pod));
            }
        });
        context.informers()
                .of(Pod.class)
                .addEventHandler(new ChildEvents("Job", controller.expectations, loop.queue(), controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (key.startsWith(LOST)) {
            informers
                    .find(Pod.class, key.substring(LOST.length()))
                    .filter(this::isLost)
                    .ifPresent(this::release);
            return Outcome.done();
        }
        Optional<Job> found = informers.find(Job.class, key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Outcome.done();
        }
        Job job = found.get();
        if (!Objects.requireNonNullElse(job.getSpec().getManagedBy(), OURSELVES).equals(OURSELVES)) {
            return Outcome.done();
        }
        if (job.getSpec().getSelector() == null) {
            // Its pods could not be told from others: they would be made again and again.
            return new Outcome.GiveUp("it has no selector");
        }
        boolean isUpToDate = expectations.areMet(key);
        List<Pod> pods = claims.claim(
                job,
                job.getSpec().getSelector(),
                informers.in(Pod.class, job.getMetadata().getNamespace()));
        return carryOut(
                key, job, JobPlan.of(job, pods, isUpToDate, context.time().now()));
    }

    private Outcome carryOut(String key, Job job, JobPlan plan) {
        if (!Objects.equals(plan.status(), job.getStatus())) {
            Job written = client.resource(
                            new JobBuilder(job).withStatus(plan.status()).build())
                    .updateStatus();
            announce(job, written);
        }
        plan.release().forEach(this::release);
        plan.delete().forEach(pod -> writes.delete(key, job, pod));
        return writes.create(key, job, plan.create())
                .<Outcome>map(refused -> new Outcome.RetryAfter(AFTER_FAILURE))
                .orElseGet(() -> plan.again()
                        .<Outcome>map(again -> new Outcome.RetryAfter(again.plusMillis(1)))
                        .orElseGet(Outcome::done));
    }

    private void release(Pod pod) {
        try {
            Pod stored = client.resource(pod).get();
            boolean isSame = stored != null
                    && stored.getMetadata().getUid().equals(pod.getMetadata().getUid());
            if (isSame && JobPods.isTracked(stored)) {
                client.resource(new PodBuilder(stored)
                                .editMetadata()
                                .removeFromFinalizers(JobPods.FINALIZER)
                                .endMetadata()
                                .build())
                        .update();
            }
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != NOT_FOUND) {
                throw gone;
            }
        }
    }

    private void announce(Job before, Job after) {
        JobConditions.finished(after).ifPresent(condition -> {
            if (condition.getType().equals(JobConditions.COMPLETE)) {
                events.event(after, EventRecorder.Type.NORMAL, "Completed", "Job completed");
            } else {
                events.event(after, EventRecorder.Type.WARNING, condition.getReason(), condition.getMessage());
            }
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
}
