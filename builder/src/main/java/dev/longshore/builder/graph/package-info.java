/// What a Dockerfile asks for as a whole: stages and what they need of each other. Nothing is done here.
package dev.longshore.builder.graph;
