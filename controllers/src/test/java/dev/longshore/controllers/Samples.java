package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Map;

/// Objects to test with.
final class Samples {

    private Samples() {}

    static PodBuilder pod(String name, String address) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid("uid-" + name)
                .withLabels(Map.of("app", "web"))
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node")
                .addNewContainer()
                .withName("main")
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(address)
                .endStatus();
    }

    static Pod ready(String name, String address) {
        return pod(name, address)
                .editStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime("2026-01-01T00:00:10Z")
                .endCondition()
                .endStatus()
                .build();
    }

    static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withUid("uid-web")
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of("app", "web"))
                .addNewPort()
                .withPort(80)
                .withProtocol("TCP")
                .withNewTargetPort("http")
                .endPort()
                .endSpec()
                .build();
    }
}
