package dev.longshore.runtime.cri.server;

import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.cri.proto.LinuxContainerSecurityContext;
import dev.longshore.runtime.cri.proto.SupplementalGroupsPolicy;
import java.util.List;
import java.util.Optional;

/// Reads a container's security context. What could not be kept is refused, never left out.
final class WantedRights {

    private static final String LOCALHOST = "localhost/";

    private WantedRights() {}

    static ContainerSecurity of(LinuxContainerSecurityContext wanted) {
        boolean hasName = !wanted.getRunAsUsername().isEmpty();
        boolean isStrict = wanted.getSupplementalGroupsPolicy() == SupplementalGroupsPolicy.Strict;
        if (wanted.hasRunAsGroup() && !wanted.hasRunAsUser() && !hasName) {
            throw Refusals.invalid("run_as_group is set without run_as_user or run_as_username");
        }
        if (hasName && isStrict) {
            throw Refusals.invalid("the Strict policy of supplemental groups goes only with a numeric user");
        }
        if (wanted.getCapabilities().getAddAmbientCapabilitiesCount() > 0) {
            throw Refusals.invalid("ambient capabilities are not supported");
        }
        return new ContainerSecurity(
                wanted.hasRunAsUser() && !hasName
                        ? Optional.of(wanted.getRunAsUser().getValue())
                        : Optional.empty(),
                wanted.hasRunAsGroup() && !hasName
                        ? Optional.of(wanted.getRunAsGroup().getValue())
                        : Optional.empty(),
                wanted.getSupplementalGroupsList(),
                isStrict,
                wanted.getPrivileged(),
                wanted.getReadonlyRootfs(),
                !wanted.getNoNewPrivs(),
                names(wanted.getCapabilities().getAddCapabilitiesList()),
                names(wanted.getCapabilities().getDropCapabilitiesList()),
                seccomp(wanted),
                false,
                appArmor(wanted));
    }

    /// `name[:gid]` of a user whom only the image knows by number; empty when there is none.
    static String namedUser(LinuxContainerSecurityContext wanted) {
        return wanted.getRunAsUsername().isEmpty() || !wanted.hasRunAsGroup()
                ? wanted.getRunAsUsername()
                : wanted.getRunAsUsername() + ":" + wanted.getRunAsGroup().getValue();
    }

    /// Without a word the older field counts; without that, too, it is the runtime's own.
    private static String appArmor(LinuxContainerSecurityContext wanted) {
        if (wanted.hasApparmor()) {
            return switch (wanted.getApparmor().getProfileType()) {
                case RuntimeDefault -> "RuntimeDefault";
                case Unconfined -> "Unconfined";
                case Localhost -> LOCALHOST + wanted.getApparmor().getLocalhostRef();
                case UNRECOGNIZED -> throw Refusals.invalid("unknown type of AppArmor profile");
            };
        }
        String old = wanted.getApparmorProfile();
        return switch (old) {
            case "runtime/default" -> "RuntimeDefault";
            case "unconfined" -> "Unconfined";
            default -> {
                if (!old.isEmpty() && !old.startsWith(LOCALHOST)) {
                    throw Refusals.invalid("unknown AppArmor profile \"%s\"".formatted(old));
                }
                yield old;
            }
        };
    }

    private static List<String> names(List<String> capabilities) {
        return capabilities.stream()
                .map(name -> name.startsWith("CAP_") ? name.substring("CAP_".length()) : name)
                .toList();
    }

    /// Without a word it is unconfined, as CRI has it: kubelets always say which.
    private static String seccomp(LinuxContainerSecurityContext wanted) {
        if (wanted.hasSeccomp()) {
            return switch (wanted.getSeccomp().getProfileType()) {
                case RuntimeDefault -> "RuntimeDefault";
                case Unconfined -> "Unconfined";
                case Localhost -> wanted.getSeccomp().getLocalhostRef();
                case UNRECOGNIZED -> throw Refusals.invalid("unknown type of seccomp profile");
            };
        }
        String old = wanted.getSeccompProfilePath();
        return switch (old) {
            case "", "unconfined" -> "Unconfined";
            case "runtime/default", "docker/default" -> "RuntimeDefault";
            default -> {
                if (!old.startsWith(LOCALHOST)) {
                    throw Refusals.invalid("unknown seccomp profile \"%s\"".formatted(old));
                }
                yield old.substring(LOCALHOST.length());
            }
        };
    }
}
