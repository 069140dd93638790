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
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes Jobs by the clock: does what [CronJobPlan] says.
final class CronJobController implements Reconciler {

    static final String NAME = "cronjob-controller";

    private static final int WORKERS = 5;
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
        context.informers().of(CronJob.class).addEventHandler(new ResourceEventHandler<CronJob>() {
            @Override
            public void onAdd(CronJob cron) {
                loop.queue().add(Keys.of(cron));
            }

            @Override
            public void onUpdate(CronJob old, CronJob cron) {
                controller.delay(old, cron).ifPresent(delay -> loop.queue().addAfter(Keys.of(cron), delay));
            }

            @Override
            public void onDelete(CronJob cron, boolean isStateUnknown) {
                loop.queue().add(Keys.of(cron));
            }
        });
        context.informers()
                .onChange(Job.class, job -> Keys.controllerKey(job, "CronJob").ifPresent(loop.queue()::add));
        return Controller.of(NAME, loop, controller.events);
    }

    /// When to look at a CronJob that was changed: a new schedule is for the times to come; empty when it is no
    /// schedule.
    private Optional<Duration> delay(CronJob old, CronJob cron) {
        boolean isSame = Objects.equals(
                        old.getSpec().getSchedule(), cron.getSpec().getSchedule())
                && Objects.equals(old.getSpec().getTimeZone(), cron.getSpec().getTimeZone());
        if (isSame) {
            return Optional.of(Duration.ZERO);
        }
        try {
            CronSchedule schedule = CronSchedule.parse(cron.getSpec().getSchedule(), CronJobPlan.zone(cron));
            return CronJobPlan.until(cron, schedule, context.time().now());
        } catch (IllegalArgumentException | DateTimeException broken) {
            events.event(
                    cron,
                    EventRecorder.Type.WARNING,
                    "UnParseableCronJobSchedule",
                    "unparseable schedule for cronjob: " + cron.getSpec().getSchedule());
            return Optional.empty();
        }
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<CronJob> found = informers.find(CronJob.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        List<Job> jobs =
                informers.controlledBy(Job.class, found.get().getMetadata().getUid());
        CronJob cron = upToDate(found.get(), jobs);
        Set<String> deleted = CronJobPlan.outdated(cron, jobs).stream()
                .filter(job -> delete(cron, job))
                .map(job -> job.getMetadata().getUid())
                .collect(Collectors.toSet());
        CronJobPlan plan =
                CronJobPlan.of(cron, jobs, missing(cron, jobs), context.time().now());
        plan.notes().forEach(note -> events.event(cron, note.type(), note.reason(), note.message()));
        var active = new ArrayList<>(plan.active());
        active.removeIf(reference -> deleted.contains(reference.getUid()));
        Optional<KubernetesClientException> failure = replace(cron, plan.replaced(), active);
        Optional<Instant> started = Optional.empty();
        if (failure.isEmpty() && plan.due().isPresent()) {
            try {
                started = start(cron, plan.due().get(), active);
            } catch (KubernetesClientException refused) {
                failure = Optional.of(refused);
            }
        }
        writeStatus(cron, active, plan.lastSuccess(), started);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return plan.next().<Outcome>map(Outcome.RetryAfter::new).orElseGet(Outcome::done);
    }

    /// `cron` as the informer shows it, or as it is, if it may have started a Job that the informer shows already.
    private CronJob upToDate(CronJob cron, List<Job> jobs) {
        boolean mayBeOld =
                jobs.stream().anyMatch(job -> !JobConditions.isFinished(job) && !CronJobPlan.isActive(cron, job));
        if (!mayBeOld) {
            return cron;
        }
        CronJob stored = client.resource(cron).get();
        boolean isSame = stored != null
                && stored.getMetadata().getUid().equals(cron.getMetadata().getUid());
        return isSame ? stored : cron;
    }

    /// Which Jobs of the status are no more; one that was made a moment ago the informer need not show.
    private Set<String> missing(CronJob cron, List<Job> jobs) {
        return CronJobPlan.active(cron).stream()
                .filter(reference -> jobs.stream()
                        .noneMatch(job -> job.getMetadata().getUid().equals(reference.getUid())))
                .filter(reference -> stored(cron, reference) == null)
                .map(ObjectReference::getUid)
                .collect(Collectors.toSet());
    }

    private Job stored(CronJob cron, ObjectReference reference) {
        return client.batch()
                .v1()
                .jobs()
                .inNamespace(cron.getMetadata().getNamespace())
                .withName(reference.getName())
                .get();
    }

    /// Takes away those that run, to make room.
    private Optional<KubernetesClientException> replace(
            CronJob cron, List<ObjectReference> replaced, List<ObjectReference> active) {
        for (ObjectReference reference : replaced) {
            Job job = stored(cron, reference);
            if (job == null) {
                String why = "jobs.batch \"%s\" not found".formatted(reference.getName());
                events.event(cron, EventRecorder.Type.WARNING, "FailedGet", "Get job: " + why);
                return Optional.of(Refusals.conflict(why));
            }
            if (!delete(cron, job)) {
                return Optional.of(Refusals.conflict("could not replace job " + Keys.of(job)));
            }
            active.remove(reference);
        }
        return Optional.empty();
    }

    /// @return the time that was started for, if one was
    private Optional<Instant> start(CronJob cron, Instant due, List<ObjectReference> active) {
        Job job = jobOf(cron, due);
        Job made;
        try {
            made = client.resource(job).create();
            events.event(
                    cron,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulCreate",
                    "Created job " + made.getMetadata().getName());
        } catch (KubernetesClientException refused) {
            if (!Refusals.isAlreadyThere(refused)) {
                if (!Refusals.isOfEndingNamespace(refused)) {
                    events.event(
                            cron,
                            EventRecorder.Type.WARNING,
                            "FailedCreate",
                            "Error creating job: " + Refusals.message(refused));
                }
                throw refused;
            }
            // Made before this process, or the last try, could say so in the status.
            made = client.resource(job).get();
            if (made == null || !Keys.isControlledBy(made, cron)) {
                return Optional.empty();
            }
        }
        active.add(CronJobPlan.reference(made));
        return Optional.of(due);
    }

    static Job jobOf(CronJob cron, Instant due) {
        var template = cron.getSpec().getJobTemplate();
        var metadata = template.getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(cron.getMetadata().getNamespace())
                .withName(CronJobPlan.jobName(cron, due))
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

    /// @return whether it is gone
    private boolean delete(CronJob cron, Job job) {
        try {
            client.resource(job)
                    .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                    .delete();
            events.event(
                    cron,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulDelete",
                    "Deleted job " + job.getMetadata().getName());
            return true;
        } catch (KubernetesClientException refused) {
            events.event(cron, EventRecorder.Type.WARNING, "FailedDelete", "Deleted job: " + Refusals.message(refused));
            return false;
        }
    }

    private void writeStatus(
            CronJob cron, List<ObjectReference> active, String lastSuccess, Optional<Instant> started) {
        CronJobStatus before = cron.getStatus() == null ? new CronJobStatus() : cron.getStatus();
        CronJobStatus status = new CronJobStatusBuilder(before)
                .withActive(active)
                .withLastSuccessfulTime(lastSuccess)
                .withLastScheduleTime(started.map(Instant::toString).orElse(before.getLastScheduleTime()))
                .build();
        if (!status.equals(before)) {
            client.resource(new CronJobBuilder(cron).withStatus(status).build()).updateStatus();
        }
    }
}
