package dev.longshore.metrics.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScrapeTargetTest {

    private static Pod pod(String... annotations) {
        var all = new HashMap<String, String>();
        for (int i = 0; i < annotations.length; i += 2) {
            all.put("prometheus.io/" + annotations[i], annotations[i + 1]);
        }
        return new PodBuilder()
                .withNewMetadata()
                .withName("web")
                .withAnnotations(Map.copyOf(all))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .addNewPort()
                .withContainerPort(53)
                .withProtocol("UDP")
                .endPort()
                .addNewPort()
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPodIP("10.244.0.7")
                .endStatus()
                .build();
    }

    @Test
    void onlyPodsThatSaySoAreRead() {
        assertThat(ScrapeTarget.of(pod())).isEmpty();
        assertThat(ScrapeTarget.of(pod("scrape", "false", "port", "80"))).isEmpty();
        assertThat(ScrapeTarget.of(pod("scrape", "true")))
                .contains(new ScrapeTarget("http", "10.244.0.7", 8080, "/metrics"));
        assertThat(ScrapeTarget.of(pod("scrape", "true", "port", "9443", "path", "/m?a=b", "scheme", "https")))
                .contains(new ScrapeTarget("https", "10.244.0.7", 9443, "/m?a=b"));
    }

    @ParameterizedTest
    @CsvSource({"port,0", "port,65536", "port,http", "path,metrics", "path,/a b", "path,'/a\r\nHost: b'", "scheme,file"
    })
    void whatMakesNoSenseIsNotRead(String name, String value) {
        assertThat(ScrapeTarget.of(pod("scrape", "true", name, value))).isEmpty();
    }

    @Test
    void whatListensAtTheMachinesAddressIsNotThePods() {
        Pod onHost = new PodBuilder(pod("scrape", "true"))
                .editSpec()
                .withHostNetwork(true)
                .endSpec()
                .build();

        assertThat(ScrapeTarget.of(onHost)).isEmpty();
    }
}
