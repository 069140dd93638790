package dev.longshore.kubelet.measures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeRuntime;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeMeasuresTest {

    private static final NodeMeasures.ProbedPod POD = new NodeMeasures.ProbedPod("default", "web", "uid-1");

    private final NodeMeasures measures = new NodeMeasures();

    @Test
    void probesAreCountedByResultAndOnlyThoseThatDidNotFailAreTimed() {
        measures.probed(POD, "main", "Liveness", NodeMeasures.ProbeResult.SUCCESSFUL, 20_000_000);
        measures.probed(POD, "main", "Liveness", NodeMeasures.ProbeResult.FAILED, 20_000_000);
        measures.probed(POD, "main", "Liveness", NodeMeasures.ProbeResult.SUCCESSFUL, 20_000_000);

        assertThat(probes())
                .contains(
                        "prober_probe_total{container=main,namespace=default,pod=web,pod_uid=uid-1,"
                                + "probe_type=Liveness,result=failed} 1",
                        "prober_probe_total{container=main,namespace=default,pod=web,pod_uid=uid-1,"
                                + "probe_type=Liveness,result=successful} 2",
                        "prober_probe_duration_seconds_bucket{container=main,namespace=default,pod=web,"
                                + "probe_type=Liveness,le=0.01} 0",
                        "prober_probe_duration_seconds_bucket{container=main,namespace=default,pod=web,"
                                + "probe_type=Liveness,le=0.025} 2",
                        "prober_probe_duration_seconds_count{container=main,namespace=default,pod=web,"
                                + "probe_type=Liveness} 2");
    }

    @Test
    void ofAPodThatIsNoMoreNothingIsTold() {
        measures.probed(POD, "main", "Readiness", NodeMeasures.ProbeResult.SUCCESSFUL, 1);

        measures.forget(POD);

        assertThat(probes()).isEmpty();
    }

    @Test
    void whatTheRuntimeIsAskedIsCountedUnderTheNamesOfCri() throws Exception {
        var time = new ManualTime();
        var runtime = new MeasuredRuntime(new FakeRuntime(time), measures, time);

        runtime.containers().list();
        runtime.images().status("img");
        assertThatThrownBy(() -> runtime.containers().start("none")).isInstanceOf(RuntimeException.class);

        assertThat(all())
                .contains(
                        "kubelet_runtime_operations_total{operation_type=list_containers} 1",
                        "kubelet_runtime_operations_total{operation_type=image_status} 1",
                        "kubelet_runtime_operations_total{operation_type=start_container} 1",
                        "kubelet_runtime_operations_errors_total{operation_type=start_container} 1",
                        "kubelet_runtime_operations_duration_seconds_count{operation_type=list_containers} 1",
                        "kubelet_pleg_relist_duration_seconds_count{} 1");
    }

    @Test
    void pullsAreTimedByTheSizeOfTheImage() {
        measures.pulled(9L << 20, 1);
        measures.pulled(600L << 20, 1);

        assertThat(all())
                .contains(
                        "kubelet_image_pull_duration_seconds_count{image_size_in_bytes=0-10MB} 1",
                        "kubelet_image_pull_duration_seconds_count{image_size_in_bytes=500MB-1GB} 1");
    }

    private List<String> probes() {
        var page = new Lines();
        measures.writeProbes(page);
        return page.lines;
    }

    private List<String> all() {
        var page = new Lines();
        measures.write(page);
        return page.lines;
    }

    private static final class Lines implements Family.Page {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void family(String name, String type, String help) {
            assertThat(help).isNotBlank();
        }

        @Override
        public void sample(String name, BigDecimal value, String... labels) {
            var pairs = new ArrayList<String>();
            for (int i = 0; i < labels.length; i += 2) {
                pairs.add(labels[i] + "=" + labels[i + 1]);
            }
            lines.add("%s{%s} %s".formatted(name, String.join(",", pairs), value.toPlainString()));
        }
    }
}
