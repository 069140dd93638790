package dev.longshore.builder.stage;

import dev.longshore.runtime.StepSandbox;
import java.util.List;
import java.util.Set;

/// What RUN steps get, and may ask for.
///
/// @param network what steps are in that do not choose
/// @param allowed what steps may ask for beyond that
/// @param devices which devices they may ask for
/// @param limits of every step
/// @param hosts lines for /etc/hosts
/// @param hostname of steps' containers
/// @param secrets where `--mount=type=secret` finds them
/// @param agents where `--mount=type=ssh` finds them
public record RunWishes(
        StepSandbox.Network network,
        Set<Entitlement> allowed,
        DeviceGrants devices,
        StepSandbox.Limits limits,
        List<StepSandbox.Host> hosts,
        String hostname,
        Secrets secrets,
        SshAgents agents) {

    /// What BuildKit calls its sandboxes.
    public static final String USUAL_HOSTNAME = "buildkitsandbox";

    /// A sandbox, a network of its own, nothing more.
    public static final RunWishes USUAL = new RunWishes(
            StepSandbox.Network.OWN,
            Set.of(),
            DeviceGrants.NONE,
            StepSandbox.Limits.NONE,
            List.of(),
            USUAL_HOSTNAME,
            Secrets.NONE,
            SshAgents.NONE);

    public RunWishes {
        allowed = Set.copyOf(allowed);
        hosts = List.copyOf(hosts);
    }

    /// What a step may not have just because its Dockerfile says so.
    public enum Entitlement {
        /// `RUN --network=host`.
        NETWORK_HOST("network.host"),
        /// `RUN --security=insecure`.
        SECURITY_INSECURE("security.insecure");

        private final String text;

        Entitlement(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// In `other` unless a step chooses.
    public RunWishes withNetwork(StepSandbox.Network other) {
        return new RunWishes(other, allowed, devices, limits, hosts, hostname, secrets, agents);
    }

    /// With these rights.
    public RunWishes allowing(Set<Entitlement> rights) {
        return new RunWishes(network, rights, devices, limits, hosts, hostname, secrets, agents);
    }

    /// With these devices.
    public RunWishes granting(DeviceGrants granted) {
        return new RunWishes(network, allowed, granted, limits, hosts, hostname, secrets, agents);
    }

    /// Within `other`.
    public RunWishes within(StepSandbox.Limits other) {
        return new RunWishes(network, allowed, devices, other, hosts, hostname, secrets, agents);
    }

    /// Knowing `more` hosts.
    public RunWishes knowing(List<StepSandbox.Host> more) {
        return new RunWishes(network, allowed, devices, limits, more, hostname, secrets, agents);
    }

    /// Called `name`.
    public RunWishes called(String name) {
        return new RunWishes(network, allowed, devices, limits, hosts, name, secrets, agents);
    }

    /// With these secrets.
    public RunWishes withSecrets(Secrets known) {
        return new RunWishes(network, allowed, devices, limits, hosts, hostname, known, agents);
    }

    /// With these agents.
    public RunWishes withAgents(SshAgents known) {
        return new RunWishes(network, allowed, devices, limits, hosts, hostname, secrets, known);
    }
}
