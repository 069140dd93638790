package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.runtime.ContainerEdits;
import dev.longshore.runtime.StepSandbox;

/// What surrounds a RUN line's command: what the build gives to all, and what the line asks for and may have.
final class RunSandbox {

    private static final String HOSTNAME = "BUILDKIT_SANDBOX_HOSTNAME";

    private RunSandbox() {}

    static StepSandbox of(Line line, RunFlags flags, Wishes wishes, ContainerEdits devices) {
        RunWishes run = wishes.run();
        return new StepSandbox(
                network(line, flags, run),
                isInsecure(line, flags, run),
                hostname(wishes),
                run.hosts(),
                run.limits(),
                devices);
    }

    private static String hostname(Wishes wishes) {
        String given = wishes.arguments().getOrDefault(HOSTNAME, "");
        return given.isEmpty() ? wishes.run().hostname() : given;
    }

    private static boolean isInsecure(Line line, RunFlags flags, RunWishes wishes) {
        return switch (flags.security()) {
            case SANDBOX -> false;
            case INSECURE -> {
                require(line, wishes, RunWishes.Entitlement.SECURITY_INSECURE);
                yield true;
            }
        };
    }

    private static StepSandbox.Network network(Line line, RunFlags flags, RunWishes wishes) {
        return switch (flags.network()) {
            case DEFAULT -> wishes.network();
            case NONE -> StepSandbox.Network.NONE;
            case HOST -> {
                if (wishes.network() != StepSandbox.Network.HOST) {
                    require(line, wishes, RunWishes.Entitlement.NETWORK_HOST);
                }
                yield StepSandbox.Network.HOST;
            }
        };
    }

    private static void require(Line line, RunWishes wishes, RunWishes.Entitlement right) {
        if (!wishes.allowed().contains(right)) {
            throw line.wrong(right + " is not allowed: ask for it with --allow " + right);
        }
    }
}
