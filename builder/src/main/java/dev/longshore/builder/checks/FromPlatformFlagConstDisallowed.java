package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import java.util.Optional;

/// A stage that says in its name which system or architecture it is for may be for that alone.
final class FromPlatformFlagConstDisallowed implements Check {

    @Override
    public void from(StageBegin begin, Platforms platforms, Findings findings) {
        Optional<Words.Expansion> constant = begin.platform()
                .filter(platform ->
                        platform.matched().isEmpty() && platform.unmatched().isEmpty());
        if (constant.isEmpty()) {
            return;
        }
        Platform platform;
        try {
            platform = PlatformText.parse(constant.get().text());
        } catch (ImageFaultException none) {
            return;
        }
        String name = begin.from().name().orElse("");
        if (!name.contains(platform.os()) && !name.contains(platform.architecture())) {
            findings.add(
                    Rule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                    begin.from().line(),
                    "FROM --platform flag should not use constant value "
                            + GoText.quoted(constant.get().text()));
        }
    }
}
