// The names that the language brings along, as a document that Langium links against.
const names = `
  dense flatten reshape permute slice reverse dropout spatial_dropout drop_path gaussian_noise embedding position_embedding class_token identity
  rescaling normalization layer_scale conv1d conv2d conv3d depthwise_conv1d depthwise_conv2d separable_conv1d separable_conv2d conv1d_transpose conv2d_transpose conv3d_transpose locally_connected2d
  max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d k_max_pool global_max_pool global_avg_pool upsample1d upsample2d upsample3d zero_pad1d zero_pad2d zero_pad3d crop1d crop2d crop3d
  batch_norm layer_norm group_norm rms_norm relu relu6 leaky_relu prelu rrelu elu selu gelu silu hard_sigmoid hard_silu mish softplus sigmoid
  tanh softmax log_softmax add subtract multiply average maximum concat dot attention simple_rnn lstm gru bidirectional
  channels dim rank min max floor ceil round valid same csv digit cross_entropy adam
`;

export const builtin = names.trim().split(/\s+/).map((name) => `builtin ${name}`).join("\n");
