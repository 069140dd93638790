package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What controllers are made of.
///
/// @param clients a client for each controller's name, with that controller's own identity; closed by whoever
/// gave it
/// @param informers what all controllers read
/// @param podRange addresses of the cluster's pods, of which each node gets a /24, as `10.244.0.0/16`
/// @param rootCertificate the cluster's authority, in PEM, which pods get to know
public record ControllerContext(
        Function<String, KubernetesClient> clients,
        Informers informers,
        Time time,
        RandomGenerator randomness,
        String podRange,
        String rootCertificate) {

    /// Events in the name of `component`.
    EventRecorder events(String component) {
        return new EventRecorder(clients.apply(component), component, "", time);
    }
}
