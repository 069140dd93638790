package dev.longshore.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/// For options that may stand alone: only what is attached with `=` is their value, what follows is none of theirs.
final class AttachedValue implements IParameterPreprocessor {

    @Override
    @SuppressWarnings("JdkObsolete") // picocli's signature
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
        if (!"=".equals(info.get("separator"))) {
            args.push("true");
        }
        return false;
    }
}
