package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.kinds.Admissions;
import dev.longshore.kinds.admission.AdmissionChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// The flags of `up` that choose rules of admission, under kube-apiserver's names.
final class AdmissionFlags {

    private static final Pattern SEPARATOR = Pattern.compile("[,\n]");

    @Option(
            names = "--enable-admission-plugins",
            paramLabel = "NAME,…",
            defaultValue = "",
            description =
                    "rules of admission that hold beside the usual ones, as AlwaysPullImages" + " (docs/admission.md)")
    private String enabled;

    @Option(
            names = "--disable-admission-plugins",
            paramLabel = "NAME,…",
            defaultValue = "",
            description = "usual rules of admission that do not hold")
    private String disabled;

    @Option(
            names = "--admission-control-config-file",
            paramLabel = "FILE",
            description = "an AdmissionConfiguration: how rules of admission are configured, as PodSecurity")
    private Path file;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    AdmissionChoice choice() {
        try {
            var choice = AdmissionChoice.of(names(enabled), names(disabled), Optional.ofNullable(file));
            Admissions.check(choice);
            return choice;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }

    private static List<String> names(String list) {
        return SEPARATOR
                .splitAsStream(list)
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
