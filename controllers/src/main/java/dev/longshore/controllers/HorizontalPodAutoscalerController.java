package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import dev.longshore.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Scales workloads by what their pods use, every 15 seconds and when an autoscaler changes.
final class HorizontalPodAutoscalerController implements Reconciler {

    static final String NAME = "horizontal-pod-autoscaler";

    private static final int WORKERS = 5;
    private static final Duration PERIOD = Duration.ofSeconds(15);

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Time time;
    private final ScaleTargets targets;
    private final UsageSource usage;
    private final Map<String, ScalingHistory> histories = new ConcurrentHashMap<>();
    private final Map<String, LabelSelector> selectors = new ConcurrentHashMap<>();

    private HorizontalPodAutoscalerController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.time = context.time();
        this.targets = new ScaleTargets(client, time);
        this.usage = new ApiUsageSource(client, targets);
    }

    static Controller create(ControllerContext context) {
        var controller = new HorizontalPodAutoscalerController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        var seen = new ConcurrentHashMap<String, HorizontalPodAutoscalerSpec>();
        context.informers().of(Pod.class);
        context.informers().onChange(HorizontalPodAutoscaler.class, autoscaler -> {
            String key = Keys.of(autoscaler);
            if (Keys.isBeingDeleted(autoscaler)
                    || context.informers()
                            .find(HorizontalPodAutoscaler.class, key)
                            .isEmpty()) {
                seen.remove(key);
                loop.queue().add(key);
            } else if (!autoscaler.getSpec().equals(seen.put(key, autoscaler.getSpec()))) {
                loop.queue().add(key);
            }
        });
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<HorizontalPodAutoscaler> found = informers.find(HorizontalPodAutoscaler.class, key);
        if (found.isEmpty()) {
            histories.remove(key);
            selectors.remove(key);
            return Outcome.done();
        }
        HorizontalPodAutoscaler now = new AutoscalerPass(found.get(), new Around(found.get()), time.now()).run();
        if (!Objects.equals(now.getStatus(), found.get().getStatus())) {
            client.resource(now).updateStatus();
        }
        return new Outcome.RetryAfter(PERIOD);
    }

    private final class Around implements AutoscalerPass.World {
        private final String key;
        private final HorizontalPodAutoscaler autoscaler;

        Around(HorizontalPodAutoscaler autoscaler) {
            this.key = Keys.of(autoscaler);
            this.autoscaler = autoscaler;
        }

        @Override
        public ScaleTargets.Scale scale() {
            return targets.find(
                    autoscaler.getMetadata().getNamespace(),
                    autoscaler.getSpec().getScaleTargetRef());
        }

        @Override
        public void rescale(ScaleTargets.Scale scale, int replicas) {
            targets.scale(scale, replicas);
        }

        @Override
        public UsageSource usage() {
            return usage;
        }

        @Override
        public ScalingHistory history(int replicas) {
            return histories.computeIfAbsent(key, fresh -> new ScalingHistory(time.now(), replicas));
        }

        @Override
        public void tell(EventRecorder.Type type, String reason, String message) {
            events.event(autoscaler, type, reason, message);
        }

        @Override
        public List<Pod> pods(String selector) {
            LabelSelector wanted = LabelSelector.parse(selector);
            selectors.put(key, wanted);
            return informers.in(Pod.class, Keys.namespace(key)).stream()
                    .filter(pod -> picks(wanted, pod))
                    .toList();
        }

        @Override
        public List<String> scalersOf(String selector, List<Pod> pods) {
            String namespace = Keys.namespace(key);
            return selectors.entrySet().stream()
                    .filter(other -> Keys.namespace(other.getKey()).equals(namespace))
                    .filter(other -> pods.stream().anyMatch(pod -> picks(other.getValue(), pod)))
                    .map(other -> "{" + Keys.name(other.getKey()) + " " + namespace + "}")
                    .sorted()
                    .toList();
        }

        private static boolean picks(LabelSelector selector, Pod pod) {
            Map<String, String> labels = pod.getMetadata().getLabels();
            return selector.fits(labels == null ? Map.of() : labels);
        }
    }
}
