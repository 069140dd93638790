package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Makes Jobs by the clock: does what [CronJobPlan] says.
final class CronJobController implements Reconciler {

    static final String NAME = "cronjob-controller";

    private static final int WORKERS = 2;
    private static final int CONFLICT = 409;
    private static final Duration PAST_THE_MINUTE = Duration.ofMillis(100);
    private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;

    private CronJobController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
    }

    static Controller create(ControllerContext context) {
        var controller = new CronJobController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().onChange(CronJob.class, cron -> loop.queue().add(Keys.of(cron)));
        context.informers()
                .onChange(Job.class, job -> Keys.controllerKey(job, "CronJob").ifPresent(loop.queue()::add));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<CronJob> found = informers.find(CronJob.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        CronJob cron = found.get();
        List<Job> jobs = jobs(cron);
        CronJobPlan plan = CronJobPlan.of(cron, jobs, context.time().now());
        plan.notes().forEach(note -> events.event(cron, note.type(), note.reason(), note.message()));
        plan.outdated().forEach(job -> delete(cron, job));
        plan.replaced().forEach(job -> delete(cron, job));
        var active = new ArrayList<>(plan.active());
        plan.replaced()
                .forEach(job -> active.removeIf(
                        reference -> reference.getUid().equals(job.getMetadata().getUid())));
        plan.due().ifPresent(due -> start(cron, due).ifPresent(active::add));
        writeStatus(cron, active, plan);
        return plan.next()
                .<Outcome>map(next -> new Outcome.RetryAfter(next.plus(PAST_THE_MINUTE)))
                .orElseGet(Outcome::done);
    }

    /// Its Jobs, those included that it made a moment ago and the informer has not heard of.
    private List<Job> jobs(CronJob cron) {
        var jobs = new ArrayList<>(
                informers.controlledBy(Job.class, cron.getMetadata().getUid()));
        CronJobPlan.active(cron).stream()
                .filter(reference -> jobs.stream()
                        .noneMatch(job -> job.getMetadata().getUid().equals(reference.getUid())))
                .map(reference -> client.batch()
                        .v1()
                        .jobs()
                        .inNamespace(cron.getMetadata().getNamespace())
                        .withName(reference.getName())
                        .get())
                .filter(job -> job != null
                        && Keys.controller(job)
                                .filter(owner ->
                                        owner.getUid().equals(cron.getMetadata().getUid()))
                                .isPresent())
                .forEach(jobs::add);
        return jobs;
    }

    /// The name tells the scheduled minute, so that the same one is never made twice.
    private Optional<ObjectReference> start(CronJob cron, Instant due) {
        Job job = jobOf(cron, due);
        try {
            Job made = client.resource(job).create();
            events.event(
                    cron,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulCreate",
                    "Created job " + made.getMetadata().getName());
            return Optional.of(CronJobPlan.reference(made));
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == CONFLICT) {
                return Optional.empty();
            }
            events.event(
                    cron, EventRecorder.Type.WARNING, "FailedCreate", "Error creating job: " + refused.getMessage());
            throw refused;
        }
    }

    static Job jobOf(CronJob cron, Instant due) {
        var template = cron.getSpec().getJobTemplate();
        var metadata = template.getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(cron.getMetadata().getNamespace())
                .withName(cron.getMetadata().getName() + "-" + due.getEpochSecond() / 60)
                .withLabels(metadata == null ? null : metadata.getLabels())
                .withAnnotations(metadata == null ? null : metadata.getAnnotations())
                .addToAnnotations(
                        SCHEDULED,
                        due.atZone(CronJobPlan.zone(cron))
                                .toOffsetDateTime()
                                .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME))
                .withOwnerReferences(Keys.controlledBy(cron))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }

    private void delete(CronJob cron, Job job) {
        client.resource(job)
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete();
        events.event(
                cron,
                EventRecorder.Type.NORMAL,
                "SuccessfulDelete",
                "Deleted job " + job.getMetadata().getName());
    }

    private void writeStatus(CronJob cron, List<ObjectReference> active, CronJobPlan plan) {
        CronJobStatus before = cron.getStatus() == null ? new CronJobStatus() : cron.getStatus();
        CronJobStatus status = new CronJobStatusBuilder(before)
                .withActive(active)
                .withLastSuccessfulTime(plan.lastSuccess())
                .withLastScheduleTime(plan.due().map(Instant::toString).orElse(before.getLastScheduleTime()))
                .build();
        if (!Objects.equals(status, cron.getStatus())) {
            client.resource(new CronJobBuilder(cron).withStatus(status).build()).updateStatus();
        }
    }
}
