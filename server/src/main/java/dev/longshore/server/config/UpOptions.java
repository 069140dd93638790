package dev.longshore.server.config;

import dev.longshore.cli.DataDirectory;
import dev.longshore.images.registry.config.RegistryConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// What the user asked `up` for. Empty ports mean: the usual one, or the next free.
///
/// @param runtimeConfig which versions of the API are on, as [dev.longshore.apiserver.RuntimeConfig] reads it
/// @param inflight how many requests the API server works on at once
/// @param eventLife how long events are kept; zero is for good
/// @param compaction how often the store forgets its history; zero for never
/// @param metricResolution how often nodes are asked what they use; zero without metrics APIs
/// @param registryFile what `registry` was read from; empty without one
/// @param buildCacheBytes how much builds leave for later ones at most
/// @param balancerRange addresses for Services of type LoadBalancer, as a CIDR; empty for none
/// @param mayInstall whether missing native packages are installed
public record UpOptions(
        DataDirectory directory,
        String name,
        OptionalInt apiPort,
        OptionalInt registryPort,
        String runtimeConfig,
        Inflight inflight,
        Duration eventLife,
        Duration compaction,
        Duration metricResolution,
        Optional<Path> registryFile,
        RegistryConfig registry,
        long buildCacheBytes,
        String balancerRange,
        boolean mayInstall) {

    /// As kube-apiserver's flags `--max-requests-inflight` and `--max-mutating-requests-inflight`; with flow control,
    /// only their sum counts.
    public record Inflight(int reading, int mutating) {

        /// Far from where shares of seats overflow.
        private static final int MOST = 1_000_000;

        /// As without flags.
        public static final Inflight DEFAULT = new Inflight(400, 200);

        /// @throws IllegalArgumentException when there is a negative number, or no seat
        public Inflight {
            if (reading < 0) {
                throw new IllegalArgumentException("--max-requests-inflight can not be negative value");
            }
            if (mutating < 0) {
                throw new IllegalArgumentException("--max-mutating-requests-inflight can not be negative value");
            }
            long sum = (long) reading + mutating;
            if (sum < 1 || sum > MOST) {
                throw new IllegalArgumentException("--max-requests-inflight and --max-mutating-requests-inflight: their"
                        + " sum must be between 1 and " + MOST + ", not " + sum);
            }
        }

        /// How many seats flow control shares out.
        public int seats() {
            return reading + mutating;
        }
    }
}
