package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Words;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A FROM, expanded.
///
/// @param arguments the global ones, with values
/// @param known the names that a FROM may use
/// @param facts the image it begins with, where that is at hand
record StageBegin(
        Recipe.Stage stage,
        Command.From from,
        Words.Expansion base,
        Optional<Words.Expansion> platform,
        Map<String, String> arguments,
        Set<String> known,
        Optional<BaseFacts.Facts> facts) {}
