package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.model.Admission;
import dev.longshore.model.AuditNotes;
import dev.longshore.model.Call;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.Registry;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdmissionChainTest {

    private static final Admission.Attempt ATTEMPT = new Admission.Attempt(
            new Call(UserInfo.of("ann"), false, new ArrayList<>(), AuditNotes.IGNORED, Instant.MAX),
            Admission.Operation.CREATE,
            new GroupResource("", "pods"),
            new GroupVersionKind("", "v1", "Pod"),
            "",
            "default",
            "p",
            Optional.empty(),
            Optional.empty());

    private final ManualTime time = new ManualTime();
    private final List<String> asked = new ArrayList<>();
    private final AdmissionChain chain = new AdmissionChain(List.of(new Filler(), new Judge(), new Filler()), time);

    /// Changes objects, and takes its time.
    private final class Filler implements Admission {
        @Override
        public String name() {
            return "Filler";
        }

        @Override
        public void mutate(Attempt attempt, Registry registry) {
            asked.add("fills");
            time.advance(Duration.ofMillis(50));
        }
    }

    /// Refuses all.
    private final class Judge implements Admission {
        @Override
        public String name() {
            return "Judge";
        }

        @Override
        public void validate(Attempt attempt, Registry registry) {
            asked.add("judges");
            throw new IllegalStateException("no");
        }
    }

    private List<String> sums() {
        return chain.metrics().stream()
                .flatMap(family -> family.samples().stream()
                        .filter(sample -> sample.suffix().equals("_sum"))
                        .map(sample -> shown(family, sample)))
                .toList();
    }

    private static String shown(MetricFamily family, MetricFamily.Sample sample) {
        return family.name().replace("apiserver_admission_", "") + sample.values() + " " + sample.value();
    }

    @Test
    void eachRuleIsAskedForWhatItDoesAndMeasured() {
        chain.mutate(ATTEMPT, null);

        assertThat(asked).containsExactly("fills", "fills");
        assertThat(sums())
                .containsExactlyInAnyOrder(
                        "controller_admission_duration_seconds[Filler, admit, CREATE, false] 0.1",
                        "step_admission_duration_seconds[admit, CREATE, false] 0.1",
                        "step_admission_duration_seconds_summary[admit, CREATE, false] 0.1");
    }

    @Test
    void aRefusalIsMeasuredAsOne() {
        assertThatThrownBy(() -> chain.validate(ATTEMPT, null)).hasMessage("no");

        assertThat(asked).containsExactly("judges");
        assertThat(sums())
                .containsExactlyInAnyOrder(
                        "controller_admission_duration_seconds[Judge, validate, CREATE, true] 0.0",
                        "step_admission_duration_seconds[validate, CREATE, true] 0.0",
                        "step_admission_duration_seconds_summary[validate, CREATE, true] 0.0");
    }
}
