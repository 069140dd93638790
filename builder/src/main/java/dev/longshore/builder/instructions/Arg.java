package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.List;
import java.util.Optional;

/// `ARG name[=default] …`: a variable that whoever builds may set; gone when the build is over.
final class Arg implements Instruction {

    @Override
    public String keyword() {
        return "ARG";
    }

    @Override
    public void apply(Line line, Build build) {
        List<String> words = line.words();
        if (words.isEmpty()) {
            throw line.wrong("ARG requires at least one argument");
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (name.isEmpty()) {
                throw line.wrong("ARG names can not be blank");
            }
            Optional<String> fallback =
                    equals < 0 ? Optional.empty() : Optional.of(build.expand(line, word.substring(equals + 1)));
            if (build.isBeforeFirstStage()) {
                build.declareGlobal(name, fallback);
            } else {
                build.value(name, fallback).ifPresent(value -> build.stage().declare(name, value));
            }
        }
    }
}
