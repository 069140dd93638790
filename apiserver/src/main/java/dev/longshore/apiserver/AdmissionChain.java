package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.model.Admission;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.Registry;
import java.util.ArrayList;
import java.util.List;

/// The rules of admission in their order, each asked only for what it does, and how long each took, under
/// kube-apiserver's names. Thread-safe.
final class AdmissionChain {

    private static final List<Double> BOUNDS = List.of(0.005, 0.025, 0.1, 0.5, 1.0, 2.5);
    private static final Meter RULES = Meter.histogram(
            "apiserver_admission_controller_admission_duration_seconds",
            "How long single rules of admission took.",
            BOUNDS,
            "name",
            "type",
            "operation",
            "rejected");
    private static final Meter STEPS = Meter.histogram(
            "apiserver_admission_step_admission_duration_seconds",
            "How long all rules of admission took.",
            BOUNDS,
            "type",
            "operation",
            "rejected");

    private final Time time;
    private final Meters meters = new Meters();
    private final List<Admission> all;
    private final Step changing;
    private final Step checking;

    AdmissionChain(List<Admission> all, Time time) {
        this.time = time;
        this.all = List.copyOf(all);
        this.changing = new Step(
                "admit", all.stream().filter(rule -> does(rule, "mutate")).toList(), Admission::mutate);
        this.checking = new Step(
                "validate", all.stream().filter(rule -> does(rule, "validate")).toList(), Admission::validate);
    }

    private static boolean does(Admission rule, String method) {
        try {
            return rule.getClass()
                            .getMethod(method, Attempt.class, Registry.class)
                            .getDeclaringClass()
                    != Admission.class;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("an Admission without " + method, impossible);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /// Lets the rules change what `attempt` writes.
    void mutate(Attempt attempt, Registry registry) {
        changing.run(attempt, registry);
    }

    /// Lets the rules refuse it.
    void validate(Attempt attempt, Registry registry) {
        checking.run(attempt, registry);
    }

    /// What all of them measure.
    List<MetricFamily> metrics() {
        var families = new ArrayList<>(meters.families());
        meters.families().stream()
                .filter(family -> family.name().equals(STEPS.name()))
                .map(AdmissionChain::summary)
                .forEach(families::add);
        all.forEach(rule -> families.addAll(rule.metrics()));
        return families;
    }

    /// The steps once more, without how often they took how long.
    private static MetricFamily summary(MetricFamily steps) {
        return new MetricFamily(
                steps.name() + "_summary",
                "summary",
                steps.help(),
                steps.samples().stream()
                        .filter(sample -> !sample.suffix().equals("_bucket"))
                        .toList());
    }

    /// What a rule does in a step.
    @FunctionalInterface
    private interface Part {
        void run(Admission rule, Attempt attempt, Registry registry);
    }

    /// One of the two times when rules are asked.
    private final class Step {
        private final List<Admission> rules;
        private final Part part;
        /// By operation, by rule (the last stands for all of them), by whether it was refused: held, so that measuring
        /// costs little beside the rules.
        private final Meters.Histogram[][][] spans;

        Step(String type, List<Admission> rules, Part part) {
            this.rules = rules;
            this.part = part;
            this.spans = new Meters.Histogram[Operation.values().length][rules.size() + 1][2];
            for (Operation operation : Operation.values()) {
                for (int rejected = 0; rejected < 2; rejected++) {
                    String isRejected = Boolean.toString(rejected == 1);
                    for (int i = 0; i < rules.size(); i++) {
                        spans[operation.ordinal()][i][rejected] =
                                meters.histogram(RULES, rules.get(i).name(), type, operation.name(), isRejected);
                    }
                    spans[operation.ordinal()][rules.size()][rejected] =
                            meters.histogram(STEPS, type, operation.name(), isRejected);
                }
            }
        }

        void run(Attempt attempt, Registry registry) {
            Meters.Histogram[][] ofOperation = spans[attempt.operation().ordinal()];
            long begun = time.nanoTime();
            long since = begun;
            int at = 0;
            int isRejected = 1;
            try {
                for (; at < rules.size(); at++) {
                    part.run(rules.get(at), attempt, registry);
                    long now = time.nanoTime();
                    ofOperation[at][0].took(now - since);
                    since = now;
                }
                isRejected = 0;
            } finally {
                if (isRejected == 1) {
                    long now = time.nanoTime();
                    ofOperation[at][1].took(now - since);
                    since = now;
                }
                ofOperation[rules.size()][isRejected].took(since - begun);
            }
        }
    }
}
