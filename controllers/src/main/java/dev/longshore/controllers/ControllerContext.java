package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.kinds.authentication.SecretTokens;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What controllers are made of.
///
/// @param clients a client for each controller's name, with that controller's own identity; closed by whoever
/// gave it
/// @param informers what all controllers read
/// @param host the name of this machine
/// @param podRange addresses of the cluster's pods, of which each node gets a part, as `10.244.0.0/16`
/// @param rootCertificate the cluster's authority, which pods get to know
/// @param signer signs in that authority's name
/// @param signing how long certificates live at most that are asked for, as `--cluster-signing-duration` has it
/// @param tokens of ServiceAccounts, to be kept in Secrets
/// @param directories of volumes that are made on demand
/// @param balancerRange addresses for Services of type LoadBalancer; empty when they have to wait
public record ControllerContext(
        Function<String, KubernetesClient> clients,
        Informers informers,
        Time time,
        RandomGenerator randomness,
        String host,
        String podRange,
        RootCertificate rootCertificate,
        CertificateSigner signer,
        Duration signing,
        SecretTokens tokens,
        VolumeDirectories directories,
        Optional<AddressRange> balancerRange) {

    /// Events in the name of `component`.
    EventRecorder events(String component) {
        return new EventRecorder(clients.apply(component), component, "", time);
    }

    /// Events in the name of `component`, written by the controller `name`.
    EventRecorder events(String name, String component) {
        return new EventRecorder(clients.apply(name), component, "", time);
    }
}
