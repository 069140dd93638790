package dev.longshore.kinds.pods;

import dev.longshore.model.Subresource.Parameter;
import java.util.List;

/// What conversations with a pod take in the query.
final class PodQueries {

    /// Of a log.
    static final List<Parameter> LOG = List.of(
            text("container", "Whose log; may be left out if the pod has one container."),
            flag("follow", "Goes on with what is written later."),
            flag("insecureSkipTLSVerifyBackend", "Takes the log from a kubelet whose certificate is not checked."),
            number("limitBytes", "The most bytes to send; the last line may be cut."),
            flag("previous", "The log of the container's run before this one."),
            number("sinceSeconds", "Leaves out what is older than so many seconds."),
            text("stream", "Which stream to show; not to be chosen yet."),
            number("tailLines", "How many lines from the end to begin with."),
            flag("timestamps", "Puts the time of writing before each line."));

    /// Of a command.
    static final List<Parameter> EXEC = List.of(
            new Parameter(
                    "command",
                    "string",
                    "The program, then its arguments, one for each repetition; no shell is involved.",
                    true),
            text("container", "Where; may be left out if the pod has one container."),
            flag("stderr", "Passes on the standard error of the command."),
            flag("stdin", "Passes on what the client sends to the command's standard input."),
            flag("stdout", "Passes on the standard output of the command."),
            flag("tty", "Gives the command a terminal."));

    /// Of attaching.
    static final List<Parameter> ATTACH = List.of(
            text("container", "To which container; may be left out if the pod has one."),
            flag("stderr", "Passes on the standard error of the container."),
            flag("stdin", "Passes on what the client sends to the container's standard input."),
            flag("stdout", "Passes on the standard output of the container."),
            flag("tty", "The container has a terminal."));

    /// Of port forwarding.
    static final List<Parameter> PORT_FORWARD =
            List.of(new Parameter("ports", "integer", "The ports to reach; needed over WebSocket.", true));

    /// Of the proxy.
    static final List<Parameter> PROXY = List.of(text("path", "The path at the pod."));

    private PodQueries() {}

    private static Parameter text(String name, String description) {
        return new Parameter(name, "string", description);
    }

    private static Parameter flag(String name, String description) {
        return new Parameter(name, "boolean", description);
    }

    private static Parameter number(String name, String description) {
        return new Parameter(name, "integer", description);
    }
}
