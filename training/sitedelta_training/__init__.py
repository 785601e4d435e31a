"""Recipe that makes sitedelta's detector: dataset, network, train, evaluate, export, calibrate.

Read in this order: labels, packed, augment, dataset; encoder, network; loss, frozen_stage, checkpoint, train;
scoring, predict, evaluation_sets, evaluate; export, calibrate.
"""
