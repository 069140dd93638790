package dev.longshore.builder.mounts;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.Mount;
import dev.longshore.builder.stage.SshAgents;
import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.util.Optional;

/// `type=ssh`: a socket that leads to the agent of whoever asked for the build.
record SshMount(Line line, String id, Optional<String> target, boolean isRequired, CacheMount.Look look)
        implements RunMount {

    private static final int MODE = 0600;
    private static final String USUAL_TARGET = "/run/buildkit/ssh_agent.";
    private static final String VARIABLE = "SSH_AUTH_SOCK";

    static SshMount of(MountPlace place, Mount.Ssh ssh) throws IOException, InterruptedException {
        place.build().session().materials().agent(ssh.id(), ssh.isRequired());
        Optional<String> target =
                ssh.target().isPresent() ? Optional.of(place.target(ssh.target().get())) : Optional.empty();
        return new SshMount(place.line(), ssh.id(), target, ssh.isRequired(), CacheMount.Look.of(ssh.owner(), MODE));
    }

    @Override
    public String meaning() {
        return "ssh " + id + " " + target.orElse("-") + " " + isRequired + " " + look;
    }

    @Override
    public void open(OpenMounts opened) throws IOException, InterruptedException {
        Optional<SshAgents.Agent> agent = opened.build().wishes().run().agents().find(id);
        if (agent.isEmpty()) {
            if (isRequired) {
                throw line.wrong("no SSH key \"" + id + "\" forwarded from the client");
            }
            return;
        }
        String place = target.orElseGet(() -> USUAL_TARGET + opened.count(USUAL_TARGET));
        var forward = new SshForward(agent.get(), look);
        opened.add(new StepMount.Bind(opened.socket(forward), place, false));
        if (!opened.variables().containsKey(VARIABLE)) {
            opened.variable(VARIABLE, place);
        }
    }
}
